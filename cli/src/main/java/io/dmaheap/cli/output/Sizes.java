package io.dmaheap.cli.output;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 4096}, {@code 64K}, {@code 1.5M}, {@code 2GiB}. Units are always powers of 1024. */
public final class Sizes {
    private static final String UNITS = "KMGT";
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)(?:([KMGTkmgt])(?:i?[Bb])?)?");

    private Sizes() {}

    /**
     * Reads a size in bytes.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static long parse(String text) {
        Matcher parts = SIZE.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size: write 4096, 64K, 1.5M or 2G");
        }
        String unit = parts.group(2);
        int shift = unit == null ? 0 : 10 * (1 + UNITS.indexOf(unit.toUpperCase(Locale.ROOT)));
        BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(1L << shift));
        if (bytes.signum() == 0) {
            throw new IllegalArgumentException("a size must be more than 0");
        }
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is more than any machine has");
        }
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException("'" + text + "' is no whole number of bytes");
        }
        return bytes.longValueExact();
    }

    /** {@code 8 MiB}, {@code 2.99 MiB}, {@code 512 B}. */
    public static String text(long bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < UNITS.length()) {
            value /= 1024;
            unit++;
        }
        if (unit == 0) {
            return bytes + " B";
        }
        int decimals = value == Math.rint(value) ? 0 : value < 100 ? 2 : 1;
        return Decimals.text(value, decimals) + " " + UNITS.charAt(unit - 1) + "iB";
    }
}
