package io.dmaheap.core.registry;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.policy.Policy.Limits;
import java.util.concurrent.atomic.AtomicLong;

/** What every request must pass before a plugin is called. */
public final class RequestCheck {
    private final String heap;
    private final Limits limits;
    private final MemoryBound bound;
    private final boolean unpooled;
    private final int pageSize;

    /** The check of one heap. */
    public RequestCheck(String heap, Traits traits, Limits limits, MemoryBound bound, int pageSize) {
        this.heap = heap;
        this.limits = limits;
        this.bound = bound;
        this.unpooled = traits.contiguous() != Answer.YES && traits.protection().isEmpty();
        this.pageSize = pageSize;
    }

    /**
     * The request rounded up to a page, if the heap may be asked for it at all.
     *
     * @param knownFlags the flags that the heap understands; of no matter if the request has none
     */
    AllocationRequest check(AllocationRequest request, long knownFlags) {
        long size = request.size();
        if (size <= 0) {
            throw HeapException.of(ErrorCode.INVALID_SIZE, "a buffer of " + size + " bytes cannot be allocated")
                    .heap(heap)
                    .errno("EINVAL")
                    .hint("Ask for at least one byte")
                    .build();
        }
        if (size > Long.MAX_VALUE - pageSize) {
            throw HeapException.of(ErrorCode.INVALID_SIZE, size + " bytes cannot be rounded up to a page")
                    .heap(heap)
                    .errno("EINVAL")
                    .hint("Check the computation of the size: it looks like an overflow")
                    .build();
        }
        long unknown = request.heapFlags() & ~knownFlags;
        if (unknown != 0) {
            throw HeapException.of(ErrorCode.INVALID_FLAGS, "unknown heap flags 0x" + Long.toHexString(unknown))
                    .heap(heap)
                    .errno("EINVAL")
                    .hint("The kernel defines no heap flags; use only those that the vendor of this heap documents")
                    .build();
        }
        request.name().ifPresent(BufferName::check);
        long rounded = (size + pageSize - 1) / pageSize * pageSize;
        checkMemory(rounded);
        return rounded == size
                ? request
                : new AllocationRequest(
                        rounded, request.access(), request.heapFlags(), request.name(), request.client());
    }

    private void checkMemory(long size) {
        if (size > limits.buffer()) {
            throw exceeded(size + " bytes are more than the policy allows for one buffer, " + limits.buffer())
                    .hint("Raise limit." + heap + ".buffer in the policy file if this is meant")
                    .build();
        }
        if (unpooled) {
            long most = bound.admit(size);
            if (size > most) {
                throw exceeded(size + " bytes are more than this machine can give, " + most)
                        .hint(
                                "The kernel would not refuse but invoke the OOM killer. Free memory, ask for less, or raise"
                                        + " limit.available in the policy file")
                        .build();
            }
        }
    }

    /** A buffer of this many bytes was given back. */
    void returned(long size) {
        if (unpooled) {
            bound.returned(size);
        }
    }

    /**
     * Counts the bytes against the heap's limit before the plugin is called, so that two threads cannot both take the last of it,
     * and a request that is refused does not stand in the way of one that fits.
     */
    void reserve(long size, AtomicLong used) {
        long seen = used.get();
        while (true) {
            if (size > limits.total() - seen) {
                throw exceeded("the buffers of this heap take " + seen + " bytes, and with " + size
                                + " more it would be over the " + limits.total() + " that the policy allows")
                        .hint("Close buffers, or raise limit." + heap + ".total in the policy file")
                        .build();
            }
            long witness = used.compareAndExchange(seen, seen + size);
            if (witness == seen) {
                return;
            }
            seen = witness;
        }
    }

    private HeapException.Builder exceeded(String what) {
        return HeapException.of(ErrorCode.LIMIT_EXCEEDED, what).heap(heap).errno("ENOMEM");
    }
}
