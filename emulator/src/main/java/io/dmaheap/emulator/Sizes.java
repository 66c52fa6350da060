package io.dmaheap.emulator;

import java.util.OptionalLong;

/** Sizes as people write them in the policy file. */
final class Sizes {
    private Sizes() {}

    /** Bytes, or a number with {@code K}, {@code M} or {@code G}; empty for what is no size, zero included. */
    static OptionalLong parse(String text) {
        int unit = text.isEmpty() ? -1 : "KMG".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        try {
            long bytes = Math.multiplyExact(Long.parseLong(digits.strip()), 1L << (10 * (unit + 1)));
            return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
        } catch (NumberFormatException | ArithmeticException _) {
            return OptionalLong.empty();
        }
    }
}
