package io.dmaheap;

import java.util.Objects;

/**
 * What protects a heap's memory, and for which use. Two heaps whose protections differ are never substituted for one another.
 *
 * @param kind how the memory is kept from the CPU
 * @param useCase what it may be used for, in the kernel's words: {@code secure-video}, {@code trusted-ui},
 *     {@code secure-video-record} (enum tee_dma_heap_id, include/linux/tee_core.h), or a vendor's own word
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Protection(Kind kind, String useCase) {
    /** Checks that both parts are there. */
    public Protection {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(useCase, "useCase");
    }

    /** How memory is kept from the CPU. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Kind {
        /** A firewall faults or blocks the access. */
        INACCESSIBLE,
        /** The CPU may read, but sees ciphertext. */
        ENCRYPTED,
        /** A hypervisor leaves the range out of the second-stage page tables. */
        HYPERVISOR
    }
}
