package io.dmaheap.allocators;

import java.util.Random;

/** Randomness that can be repeated: a failing test names its seed, {@code -Ddmaheap.seed=} sets it. */
final class Seed {
    private static final long VALUE = Long.getLong("dmaheap.seed", System.nanoTime());

    /** A source of its own for each {@code salt}. */
    static Random random(Object... salt) {
        return new Random(VALUE * 31 + java.util.Arrays.hashCode(salt));
    }

    static String hint() {
        return "repeat with -Ddmaheap.seed=" + VALUE;
    }

    private Seed() {}
}
