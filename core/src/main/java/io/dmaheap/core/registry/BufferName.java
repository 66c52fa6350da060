package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.nio.charset.StandardCharsets;

/** The kernel's rule for labels ({@code DMA_BUF_NAME_LEN}, include/uapi/linux/dma-buf.h), and one of ours. */
public final class BufferName {
    private static final int MAX_BYTES = 31;

    private BufferName() {}

    /** Refuses what the kernel would refuse, and line breaks, which would break every reader of fdinfo. */
    public static void check(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw wrong("a buffer's label has at most " + MAX_BYTES + " bytes, this one has " + bytes + ": " + name);
        }
        if (name.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r')) {
            throw wrong("a buffer's label must not contain NUL or line breaks");
        }
    }

    private static HeapException wrong(String what) {
        return HeapException.of(ErrorCode.INVALID_NAME, what)
                .errno("EINVAL")
                .hint("Choose a shorter, plain label")
                .build();
    }
}
