package io.dmaheap.core.call;

import io.dmaheap.core.life.Problems;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The limit in time of calls into plugins, and the calls that are over it. Safe for use by several threads. */
public final class CallLimit {
    private final Duration limit;
    private final Problems problems;
    private final Set<LifeCall<?>> overdue = ConcurrentHashMap.newKeySet();

    /** A limit, above zero; {@code problems} takes what goes wrong where no caller is left to hear of it. */
    public CallLimit(Duration limit, Problems problems) {
        this.limit = limit;
        this.problems = problems;
    }

    /** How long a call may take. */
    public Duration limit() {
        return limit;
    }

    /** The calls that are over the limit and have not returned. Each occupies a thread. */
    public int overdue() {
        return overdue.size();
    }

    Problems problems() {
        return problems;
    }

    void add(LifeCall<?> call) {
        overdue.add(call);
    }

    void remove(LifeCall<?> call) {
        overdue.remove(call);
    }
}
