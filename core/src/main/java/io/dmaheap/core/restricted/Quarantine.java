package io.dmaheap.core.restricted;

import io.dmaheap.Problem;
import io.dmaheap.core.event.QuarantineEvent;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.Memory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that could not be unrestricted. It is withheld: nobody may get it again, since the CPU or a device that meets it may fault.
 * The vendor's records stay reachable, lest one of them frees its memory when it becomes garbage. Safe for use by several threads.
 */
public final class Quarantine {
    private final Problems problems;
    private final Queue<Memory> withheld = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    /** An empty one that reports to {@code problems}. */
    public Quarantine(Problems problems) {
        this.problems = problems;
    }

    /** The bytes that are withheld. */
    public long bytes() {
        return bytes.get();
    }

    void withhold(String heap, Memory memory, long size, Throwable refused) {
        withheld.add(memory);
        count(heap, size, refused);
    }

    /**
     * Memory that a plugin withholds itself.
     *
     * @throws IllegalArgumentException if there cannot be so much
     */
    public void count(String heap, long size, Throwable refused) {
        if (size == 0) {
            return;
        }
        try {
            bytes.accumulateAndGet(size, Math::addExact);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(size + " bytes of the heap " + heap + " are more than there can be", e);
        }
        // What the plugin threw may be unable to tell its own text.
        ForeignFailure thrown = ForeignFailure.copyOf(refused);
        QuarantineEvent.emit(heap, size, thrown);
        problems.report(Problem.of(
                Problem.Kind.QUARANTINED,
                heap,
                size + " bytes could not be unrestricted and are withheld: "
                        + (thrown.isFaithful() ? refused.getMessage() : thrown.toString()),
                "The memory may still be protected; it comes back when the machine or its secure world restarts",
                thrown));
    }
}
