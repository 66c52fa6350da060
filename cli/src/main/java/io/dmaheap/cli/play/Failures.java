package io.dmaheap.cli.play;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts failures by their code and keeps the first message of each. */
public final class Failures {
    private final Map<ErrorCode, Count> counts = new EnumMap<>(ErrorCode.class);

    /**
     * Failures of one kind.
     *
     * @param code their code
     * @param count how many there were
     * @param first what the first of them said
     */
    public record Count(ErrorCode code, long count, String first) {}

    void add(HeapException failure) {
        counts.merge(
                failure.code(),
                new Count(failure.code(), 1, failure.getMessage()),
                (old, one) -> new Count(old.code(), old.count() + 1, old.first()));
    }

    /** All kinds that happened. */
    public List<Count> counts() {
        return List.copyOf(counts.values());
    }
}
