package io.dmaheap.core.registry;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.core.policy.HeapPolicy;
import io.dmaheap.core.policy.MemoryBound;

/** What every request must pass before a plugin is called, whatever else is allocated. */
public final class RequestCheck {
    private final String heap;
    private final HeapPolicy policy;
    private final MemoryBound bound;
    private final boolean unpooled;
    private final int pageSize;

    /** The check of one heap. */
    public RequestCheck(String heap, Traits traits, HeapPolicy policy, MemoryBound bound, int pageSize) {
        this.heap = heap;
        this.policy = policy;
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
        return rounded == size ? request : request.withSize(rounded);
    }

    private void checkMemory(long size) {
        if (size > policy.buffer()) {
            throw exceeded(size + " bytes are more than the policy allows for one buffer, " + policy.buffer())
                    .hint("Raise limit." + heap + ".buffer in the policy file if this is meant")
                    .build();
        }
        if (unpooled) {
            long most = bound.admit(size);
            if (size > most) {
                throw exceeded(size + " bytes are more than " + bound.giver() + " can give, " + most)
                        .hint(
                                "The kernel would not refuse but invoke the OOM killer. Free memory, ask for less, or raise"
                                        + " limit.available in the policy file")
                        .build();
            }
        }
    }

    /** The size of memory is made of these. */
    int pageSize() {
        return pageSize;
    }

    /** What the operator decided about the heap. */
    HeapPolicy policy() {
        return policy;
    }

    /** A buffer of this many bytes was given back. */
    void returned(long size) {
        if (unpooled) {
            bound.returned(size);
        }
    }

    private HeapException.Builder exceeded(String what) {
        return HeapException.of(ErrorCode.LIMIT_EXCEEDED, what).heap(heap).errno("ENOMEM");
    }
}
