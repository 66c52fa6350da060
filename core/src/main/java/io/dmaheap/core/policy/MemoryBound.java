package io.dmaheap.core.policy;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps requests below the memory that is available, for heaps without a pool of their own: the kernel's {@code system} heap goes on
 * taking pages until the OOM killer comes.
 *
 * <p>Asking what is available means reading {@code /proc/meminfo}, which costs more than a small allocation. So one reading gives
 * an allowance of an eighth of what it left over, from which requests are taken without asking again and to which what is freed
 * returns, up to where it began. A request larger than the allowance that is left leads to a new reading. Between two readings the
 * buffers of this process can thus grow by an eighth of the available memory at most, however much it has freed meanwhile: that may
 * be somebody else's by now.
 */
public final class MemoryBound {
    private static final int PART = 8;
    /** Larger requests are always worth a reading; it also keeps the subtraction far from overflow. */
    private static final long ALWAYS_READ = 1L << 40;

    private final LongSupplier availableMemory;
    private final Supplier<Optional<String>> limit;
    private final double share;
    private final AtomicLong allowance = new AtomicLong();
    /** What the allowance was after the last reading. */
    private volatile long granted;

    /** A bound of {@code share} of what {@code availableMemory} tells, in bytes. */
    public MemoryBound(LongSupplier availableMemory, double share) {
        this(availableMemory, Optional::empty, share);
    }

    /** A bound that can say what holds the memory down ({@link io.dmaheap.spi.Platform#memoryLimit}). */
    public MemoryBound(LongSupplier availableMemory, Supplier<Optional<String>> limit, double share) {
        this.availableMemory = availableMemory;
        this.limit = limit;
        this.share = share;
    }

    /**
     * Whether {@code bytes} may be asked for now.
     *
     * @return {@link Long#MAX_VALUE} if so, else the largest request that would have passed
     */
    public long admit(long bytes) {
        if (bytes < ALWAYS_READ && allowance.addAndGet(-bytes) >= 0) {
            return Long.MAX_VALUE;
        }
        long most = (long) (availableMemory.getAsLong() * share);
        boolean fits = bytes <= most;
        granted = (fits ? most - bytes : most) / PART;
        allowance.set(granted);
        return fits ? Long.MAX_VALUE : most;
    }

    /** Who cannot give more, for a sentence. */
    public String giver() {
        return limit.get().orElse("this machine");
    }

    /** The memory of a request that was admitted is free again. */
    public void returned(long bytes) {
        if (bytes < ALWAYS_READ && allowance.addAndGet(bytes) > granted) {
            allowance.accumulateAndGet(granted, Math::min);
        }
    }
}
