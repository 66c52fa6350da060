package io.dmaheap;

import java.util.List;
import java.util.Optional;

/**
 * The heaps that meet a {@link Need}, best first, and the reason for each one taken or refused. Holds a reference to each heap
 * taken, until it is closed.
 *
 * <p>Two protections are never substituted for one another: of protected heaps only those are taken that the plugin of the best one
 * brought, with the same {@link Protection}. The others are refused, with what to name in the need to have them.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface Choice extends AutoCloseable {

    /** What was known of the best heap when the choice was made; empty if none meets the need. */
    Optional<HeapInfo> best();

    /**
     * Opens the best heap that is not going away. The caller closes the handle; it outlives the choice.
     *
     * @throws HeapException {@link ErrorCode#HEAP_NOT_FOUND} if no heap meets the need, with the reason for each;
     *     {@link ErrorCode#HEAP_DRAINING} if those that meet it are going away
     * @throws IllegalStateException if the choice is closed
     */
    Heap open();

    /**
     * As {@link #open}; empty if no heap meets the need.
     *
     * @deprecated it reads like a getter, and so the handle was never closed: {@link #open} opens a heap, {@link #best} describes it
     */
    @Deprecated(since = "0.1.0", forRemoval = true)
    Optional<Heap> heap();

    /** Every live heap with the verdict on it, best first, the refused ones last. Allocation failures are added as they happen. */
    List<Candidate> trace();

    /**
     * Allocates from the best heap that has the memory: a heap that fails with {@link ErrorCode#OUT_OF_MEMORY},
     * {@link ErrorCode#LIMIT_EXCEEDED}, {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#HEAP_DRAINING} or
     * {@link ErrorCode#DEVICE_GONE} is passed over for the next. So is one whose buffer a device of the need cannot use, with
     * {@link ErrorCode#INCOMPATIBLE_DEVICE} or {@link ErrorCode#ACCESS_DENIED}, and the buffer is given back: every device of the need that
     * is known can attach the buffer that this returns.
     *
     * @throws HeapException {@link ErrorCode#HEAP_NOT_FOUND} if no heap meets the need, otherwise the failure of the best heap, as
     *     {@link Heap#allocate(AllocationRequest)}, with those of the others suppressed in it
     */
    DmaBuf allocate(AllocationRequest request);

    /** Drops the references. Closing twice is harmless. */
    @Override
    void close();

    /**
     * The verdict on one heap.
     *
     * @param heap its name
     * @param verdict whether it was taken
     * @param reason why, in words
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    record Candidate(String heap, Verdict verdict, String reason) {}

    /** What became of a candidate. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    enum Verdict {
        /** Meets the need. */
        TAKEN,
        /** Does not meet the need. */
        REFUSED,
        /** Meets the need, but an allocation from it failed. */
        FAILED
    }
}
