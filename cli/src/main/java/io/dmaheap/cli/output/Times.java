package io.dmaheap.cli.output;

/** Spans of time with three significant digits, in the unit that suits them. */
public final class Times {
    private static final String[] UNITS = {"ns", "µs", "ms", "s"};

    private Times() {}

    /** {@code 850 ns}, {@code 12.3 µs}, {@code 1.20 ms}. */
    public static String text(long nanos) {
        double value = nanos;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return Decimals.text(value, decimals) + " " + UNITS[unit];
    }
}
