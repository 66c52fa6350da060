package io.dmaheap.core.policy;

import java.util.Locale;

/** Sizes as people write them: {@code 4096}, {@code 64K}, {@code 512M}, {@code 2G}; binary units. */
final class Sizes {
    private Sizes() {}

    static long parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        int unit = upper.isEmpty() ? -1 : "KMG".indexOf(upper.charAt(upper.length() - 1));
        String digits = unit < 0 ? upper : upper.substring(0, upper.length() - 1);
        long number = Long.parseLong(digits.strip());
        int shift = 10 * (unit + 1);
        if (number <= 0 || number > Long.MAX_VALUE >> shift) {
            throw new NumberFormatException(text);
        }
        return number << shift;
    }
}
