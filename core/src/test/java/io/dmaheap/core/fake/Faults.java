package io.dmaheap.core.fake;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Which call fails with what; and the calls that were made, in order. */
public final class Faults {
    private final Map<String, Throwable> planned = new ConcurrentHashMap<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();

    /** From now on the operation throws this, checked exceptions included. */
    public void fail(String operation, Throwable what) {
        planned.put(operation, what);
    }

    /** The operation works again. */
    public void heal(String operation) {
        planned.remove(operation);
    }

    /** The operations that were called, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Records the call and throws what is planned for it. */
    public void hit(String operation) {
        calls.add(operation);
        Throwable what = planned.get(operation);
        if (what != null) {
            throw Faults.<RuntimeException>sneaky(what);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable what) throws E {
        throw (E) what;
    }
}
