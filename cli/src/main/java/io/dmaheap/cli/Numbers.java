package io.dmaheap.cli;

/** Reads whole numbers, and says what is wrong with others. */
final class Numbers {
    private Numbers() {}

    /** A whole number from {@code least} on. */
    static int atLeast(int least, String text) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with the bound
        }
        throw new IllegalArgumentException("'" + text + "' is no whole number of at least " + least);
    }
}
