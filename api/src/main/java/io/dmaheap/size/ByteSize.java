package io.dmaheap.size;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads sizes as people write them: {@code 4096}, {@code 64K}, {@code 512 M}, {@code 1.5GiB}, {@code 2T}, {@code 0x100000}. Units are powers
 * of 1024 whichever way they are written, in upper or lower case.
 */
public final class ByteSize {
    private static final String UNITS = "KMGT";
    private static final Pattern DECIMAL =
            Pattern.compile("(\\d{1,40}(?:\\.\\d{1,40})?)\\s*(?:([KMGT])(?:I?B|I)?|B)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-f]{1,40})", Pattern.CASE_INSENSITIVE);
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int HEXADECIMAL_RADIX = 16;

    private ByteSize() {}

    /**
     * Reads a size.
     *
     * @return bytes, at least 1
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static long parse(String text) {
        BigDecimal bytes = bytes(text);
        if (bytes.signum() == 0) {
            throw new IllegalArgumentException("a size must be more than 0");
        }
        if (bytes.compareTo(LARGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is more than any machine has");
        }
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException("'" + text + "' is no whole number of bytes");
        }
        return bytes.longValueExact();
    }

    private static BigDecimal bytes(String text) {
        Matcher hexadecimal = HEXADECIMAL.matcher(text.strip());
        if (hexadecimal.matches()) {
            return new BigDecimal(new BigInteger(hexadecimal.group(1), HEXADECIMAL_RADIX));
        }
        Matcher decimal = DECIMAL.matcher(text.strip());
        if (!decimal.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size: write 4096, 64K, 1.5M or 2G");
        }
        String unit = decimal.group(2);
        int shift = unit == null ? 0 : 10 * (1 + UNITS.indexOf(unit.toUpperCase(Locale.ROOT)));
        return new BigDecimal(decimal.group(1)).multiply(BigDecimal.valueOf(1L << shift));
    }
}
