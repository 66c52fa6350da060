package io.dmaheap.emulator;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.Optional;
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

    /** An address and a size, such as {@code 0x80000000+2G}; empty for what makes no range. */
    static Optional<AddressRange> parseRange(String text) {
        int plus = text.indexOf('+');
        OptionalLong size = parse(text.substring(plus + 1));
        if (plus <= 0 || size.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AddressRange(Long.decode(text.substring(0, plus)), size.getAsLong()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** A range as {@link #parseRange} reads it. */
    static String text(AddressRange range) {
        long size = range.size();
        int unit = size > 0 ? Math.min(Long.numberOfTrailingZeros(size) / 10, 3) : 0;
        return "0x%x+%d%s"
                .formatted(range.base(), size >> (10 * unit), unit == 0 ? "" : "KMG".substring(unit - 1, unit));
    }
}
