package io.dmaheap.linux.proc;

import java.util.Optional;

/**
 * The name under which the kernel shows an emulated buffer in {@code /proc/PID/fd} and {@code /proc/PID/maps}:
 * {@code /memfd:dmaheap:<heap>} for memory, {@code /memfd:dmaheap-token:<heap>} for a token.
 *
 * @param heap the heap it belongs to
 * @param isToken whether it stands for memory instead of being memory
 */
public record MemfdName(String heap, boolean isToken) {
    private static final String BUFFER = "dmaheap:";
    private static final String TOKEN = "dmaheap-token:";
    private static final String SHOWN = "/memfd:";
    private static final String SHOWN_SUFFIX = " (deleted)";

    /** The name to create memory with. */
    public static String buffer(String heap) {
        return BUFFER + heap;
    }

    /** The name to create a token with. */
    public static String token(String heap) {
        return TOKEN + heap;
    }

    /** Reads what the kernel shows; empty if it is something else. */
    public static Optional<MemfdName> parse(String shown) {
        if (!shown.startsWith(SHOWN)) {
            return Optional.empty();
        }
        String name = shown.substring(SHOWN.length());
        if (name.endsWith(SHOWN_SUFFIX)) {
            name = name.substring(0, name.length() - SHOWN_SUFFIX.length());
        }
        if (name.startsWith(BUFFER)) {
            return Optional.of(new MemfdName(name.substring(BUFFER.length()), false));
        }
        if (name.startsWith(TOKEN)) {
            return Optional.of(new MemfdName(name.substring(TOKEN.length()), true));
        }
        return Optional.empty();
    }
}
