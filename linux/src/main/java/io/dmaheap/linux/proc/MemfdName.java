package io.dmaheap.linux.proc;

import java.util.Optional;

/**
 * The name under which the kernel shows an emulated buffer in {@code /proc/PID/fd} and {@code /proc/PID/maps}, to this process and to
 * all that hold it: {@code /memfd:dmaheap:<heap>/<label>} for memory, {@code /memfd:dmaheap-token:<heap>/<label>} for a token. A buffer
 * without a label when its memfd was made has no {@code /<label>}: the name of a memfd never changes.
 *
 * @param heap the heap it belongs to
 * @param label the buffer's label when its memfd was made
 * @param isToken whether it stands for memory instead of being memory
 */
public record MemfdName(String heap, Optional<String> label, boolean isToken) {
    private static final String BUFFER = "dmaheap:";
    private static final String TOKEN = "dmaheap-token:";
    private static final String SHOWN = "/memfd:";
    private static final String SHOWN_SUFFIX = " (deleted)";
    /** No name of a heap has it. */
    private static final char BEFORE_LABEL = '/';
    /** With a label of 31 bytes the whole fits into {@code MFD_NAME_MAX_LEN} of mm/memfd.c, which is 249. */
    private static final int MAX_HEAP = 200;

    /** The name to create memory with. */
    public static String buffer(String heap, Optional<String> label) {
        return BUFFER + text(heap, label);
    }

    /** The name to create a token with. */
    public static String token(String heap, Optional<String> label) {
        return TOKEN + text(heap, label);
    }

    private static String text(String heap, Optional<String> label) {
        String cut = heap.substring(0, Math.min(heap.length(), MAX_HEAP));
        return label.map(text -> cut + BEFORE_LABEL + text).orElse(cut);
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
            return Optional.of(of(name.substring(BUFFER.length()), false));
        }
        if (name.startsWith(TOKEN)) {
            return Optional.of(of(name.substring(TOKEN.length()), true));
        }
        return Optional.empty();
    }

    private static MemfdName of(String text, boolean isToken) {
        int end = text.indexOf(BEFORE_LABEL);
        return end < 0
                ? new MemfdName(text, Optional.empty(), isToken)
                : new MemfdName(text.substring(0, end), Optional.of(text.substring(end + 1)), isToken);
    }
}
