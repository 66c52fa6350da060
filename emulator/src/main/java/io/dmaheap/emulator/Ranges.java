package io.dmaheap.emulator;

import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.size.ByteSize;
import java.util.Optional;

/** Ranges of addresses as people write them in the policy file. */
final class Ranges {
    private Ranges() {}

    /** An address and a size, such as {@code 0x80000000+2G}; empty for what makes no range. */
    static Optional<AddressRange> parse(String text) {
        int plus = text.indexOf('+');
        if (plus <= 0) {
            return Optional.empty();
        }
        try {
            long base = Long.decode(text.substring(0, plus).strip());
            return Optional.of(new AddressRange(base, ByteSize.parse(text.substring(plus + 1))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** A range as {@link #parse} reads it. */
    static String text(AddressRange range) {
        long size = range.size();
        int unit = size > 0 ? Math.min(Long.numberOfTrailingZeros(size) / 10, 3) : 0;
        return "0x%x+%d%s"
                .formatted(range.base(), size >> (10 * unit), unit == 0 ? "" : "KMG".substring(unit - 1, unit));
    }
}
