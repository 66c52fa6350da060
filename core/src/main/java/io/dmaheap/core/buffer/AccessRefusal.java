package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;

/** Refuses CPU access that cannot work, before any system call: a protected buffer's SYNC would succeed and mean nothing. */
final class AccessRefusal {
    private AccessRefusal() {}

    static void check(Source source, Access access) {
        if (source.traits().cpuAccessible() == Answer.NO) {
            throw notAccessible(source);
        }
        Access granted = source.granted();
        // No processor maps for writing only, so the kernel refuses every mapping of a write-only descriptor.
        if (!granted.covers(access) || granted == Access.WRITE) {
            throw HeapException.of(
                            ErrorCode.ACCESS_DENIED,
                            "the buffer was allocated for " + granted + " and cannot be opened for " + access)
                    .operation("CPU access")
                    .errno("EACCES")
                    .hint("Allocate it with AllocationRequest.withAccess(READ_WRITE)")
                    .build();
        }
    }

    private static HeapException notAccessible(Source source) {
        String why = source.traits()
                .protection()
                .map(protection -> "it is protected (" + words(protection) + ")")
                .orElse("its exporter offers no mapping");
        var refusal = HeapException.of(ErrorCode.NOT_CPU_ACCESSIBLE, "the CPU cannot touch this buffer: " + why)
                .operation("CPU access")
                .hint(
                        "Let a device or trusted application fill and read it; for memory that the CPU may touch, use a heap whose"
                                + " traits say cpuAccessible");
        source.heap().ifPresent(refusal::heap);
        return refusal.build();
    }

    private static String words(Protection protection) {
        return switch (protection.kind()) {
                    case INACCESSIBLE -> "inaccessible";
                    case ENCRYPTED -> "encrypted";
                    case HYPERVISOR -> "withheld by the hypervisor";
                }
                + ", for " + protection.useCase();
    }
}
