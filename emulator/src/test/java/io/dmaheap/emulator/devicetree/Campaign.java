package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Many damaged inputs for one reader. Repeatable: run with {@code -Ddmaheap.seed=} and the number that a failure names.
 *
 * @param seed where the randomness begins
 * @param inputs how many inputs
 */
record Campaign(long seed, int inputs) {

    /**
     * A reader that did not end in a tree or a {@link HeapException}.
     *
     * @param input the number of the input
     * @param cause what it threw instead
     */
    record Escape(int input, Throwable cause) {}

    static Campaign of(int inputs) {
        return new Campaign(Long.getLong("dmaheap.seed", System.nanoTime()), inputs);
    }

    String repeat() {
        return "repeat with -Ddmaheap.seed=" + seed;
    }

    /** The first input that {@code reader} did not answer as documented. */
    <T> Optional<Escape> run(Function<Mutations, T> input, Consumer<T> reader) {
        for (int i = 0; i < inputs; i++) {
            try {
                // From the number and the seed, so that one input can be had without those before it.
                reader.accept(input.apply(new Mutations(new SplittableRandom(seed + i))));
            } catch (HeapException e) {
                if (e.getMessage().isBlank()) {
                    return Optional.of(new Escape(i, e));
                }
            } catch (Throwable e) {
                return Optional.of(new Escape(i, e));
            }
        }
        return Optional.empty();
    }
}
