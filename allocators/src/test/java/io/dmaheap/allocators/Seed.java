package io.dmaheap.allocators;

import java.util.Arrays;
import java.util.Random;

/** Randomness that can be repeated: a failing test names its seed, {@code -Ddmaheap.seed=} sets it. */
final class Seed {
    private static final long VALUE = Long.getLong("dmaheap.seed", System.nanoTime());

    /** A source of its own for each {@code salt}, told apart by how it prints: the hash of an enum changes from run to run. */
    static Random random(Object... salt) {
        return new Random(VALUE * 31 + Arrays.toString(salt).hashCode());
    }

    /**
     * The same numbers in every run, for tests that show that a check can fail: a seed with which a wrong rule happens to place everything
     * right would make them fail by luck.
     */
    static Random fixed(Object... salt) {
        return new Random(Arrays.toString(salt).hashCode());
    }

    static String hint() {
        return "repeat with -Ddmaheap.seed=" + VALUE;
    }

    private Seed() {}
}
