package io.dmaheap.cli.output;

/** Sizes as people read them, in the unit that suits. Units are powers of 1024. */
public final class Sizes {
    private static final String UNITS = "KMGT";

    private Sizes() {}

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
