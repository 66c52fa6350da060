package io.dmaheap.core.buffer;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for protected memory. It goes by who allocated a buffer, never by what the buffer says of itself: it may come from
 * somebody who wants to be trusted.
 */
public final class Voucher {
    private Voucher() {}

    /**
     * What protects a buffer that was allocated here.
     *
     * @param kind how it must be protected, null if any way will do
     * @throws HeapException {@link ErrorCode#NOT_PROTECTED}
     */
    public static Protection vouch(DmaBuf buffer, String useCase, Protection.@Nullable Kind kind) {
        Protection found = protectionOf(buffer);
        if (!found.useCase().equals(useCase)) {
            throw unsuitable("it is protected for " + found.useCase() + " and not for " + useCase);
        }
        if (kind != null && found.kind() != kind) {
            throw unsuitable("its memory is " + found.kind() + " and not " + kind);
        }
        return found;
    }

    private static Protection protectionOf(DmaBuf buffer) {
        if (!(buffer instanceof BufferHandle handle)) {
            throw untrusted("it is not a buffer of this library");
        }
        Source source = handle.source();
        if (source.heap().isEmpty()) {
            throw untrusted("it came in as a file descriptor, and nobody here saw it allocated");
        }
        return source.traits()
                .protection()
                .orElseThrow(() -> untrusted("the heap " + source.eventName() + " gives memory that nothing protects"));
    }

    private static HeapException untrusted(String why) {
        return refused(why, "Allocate from a protected heap; `dmaheap list` shows which there are");
    }

    private static HeapException unsuitable(String why) {
        return refused(why, "Allocate from a heap for that use; Heaps.choose(Need) finds one");
    }

    private static HeapException refused(String why, String hint) {
        return HeapException.of(ErrorCode.NOT_PROTECTED, "this buffer is not the protected memory that is due: " + why)
                .operation("require")
                .errno("EPERM")
                .hint(hint)
                .build();
    }
}
