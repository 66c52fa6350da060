package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random traces: a pool puts everything where the kernel's loops put it. */
class PoolPlacementTests {
    private static final int PAGE = 12;

    private static final List<Placement> RULES = List.of(
            Placement.firstFit(),
            Placement.aligned(1 << 10),
            Placement.aligned(1 << 14),
            Placement.aligned(1 << 17),
            Placement.aligned(1 << 19),
            Placement.aligned(1L << 40),
            Placement.orderAligned(),
            Placement.bestFit(),
            Placement.fixed(5 << PAGE));

    /** Chunks whose start is aligned to nothing, to a little and to everything, and whose size is anything. */
    private static final List<List<Range>> LAYOUTS = List.of(
            List.of(pages(0, 1)),
            List.of(pages(7, 63)),
            List.of(pages(1 << 20, 64)),
            List.of(pages(3, 65)),
            List.of(pages(0x12345, 1000)),
            List.of(pages(1 << 12, 4096)),
            List.of(new Range((77L << PAGE) + 100, 700L << PAGE)),
            List.of(pages(1000, 300), pages(5000, 40), pages(1300, 513)));

    private static Range pages(long start, long count) {
        return new Range(start << PAGE, count << PAGE);
    }

    static Stream<Arguments> traces() {
        return RULES.stream()
                .flatMap(rule -> LAYOUTS.stream()
                        .flatMap(layout ->
                                Stream.of(0.5, 0.9, 0.99).map(occupancy -> Arguments.of(rule, layout, occupancy))));
    }

    @ParameterizedTest(name = "{0} in {1} at {2}")
    @MethodSource("traces")
    void placesLikeTheKernel(Placement rule, List<Range> layout, double occupancy) {
        run(new PoolModel(PAGE), rule, layout, occupancy, Seed.random(rule, layout, occupancy));
    }

    @ParameterizedTest(name = "granule order {0}")
    @ValueSource(ints = {0, 5, 21})
    void placesLikeTheKernelWithOtherGranules(int order) {
        var layout = List.of(new Range(3L << order, 500L << order), new Range(4096L << order, 333L << order));
        for (Placement rule : List.of(Placement.firstFit(), Placement.bestFit(), Placement.aligned(8L << order))) {
            run(new PoolModel(order), rule, layout, 0.9, Seed.random(rule, layout, 0.9));
        }
    }

    /** Buffers come in few sizes, which is what the hints live on. */
    @ParameterizedTest
    @MethodSource("rules")
    void placesFewSizesLikeTheKernel(Placement rule) {
        var layout = List.of(pages(0x12345, 6000));
        var random = Seed.random(rule, "few sizes");
        int[] sizes = {1, 1, 1, 2, 16, 16, 100, 512};
        var pair = new PoolPair(new PoolModel(PAGE), List.of(rule), layout);
        Trace.run(pair, random, () -> sizes[random.nextInt(sizes.length)], 6000, 0.7, 3000);
    }

    static Stream<Placement> rules() {
        return RULES.stream();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9})
    void requestsMayNameAnotherRule(double occupancy) {
        var random = Seed.random("other rules", occupancy);
        var layout = List.of(pages(0x345, 3000));
        Trace.run(new PoolPair(new PoolModel(PAGE), RULES, layout), random, 3000, occupancy, 2000);
    }

    private static void run(PoolModel model, Placement rule, List<Range> layout, double occupancy, Random random) {
        int units = (int) (layout.stream().mapToLong(Range::size).sum() >> model.granuleOrder);
        Trace.run(new PoolPair(model, List.of(rule), layout), random, units, occupancy, 600);
    }

    /** Each mutant is the model with one rule bent a little. */
    enum Mutant {
        ONE_BEHIND(Placement.firstFit()) {
            @Override
            PoolModel model() {
                return new PoolModel(PAGE) {
                    @Override
                    long find(ModelChunk chunk, long bits, Placement rule) {
                        long bit = super.find(chunk, bits, rule);
                        boolean slack = bit + bits < chunk.bits().size
                                && !chunk.bits().busy.get((int) (bit + bits));
                        return slack ? bit + 1 : bit;
                    }
                };
            }
        },
        ALIGNED_WITHOUT_THE_CHUNK_START(Placement.aligned(1 << 14)) {
            @Override
            PoolModel model() {
                return new PoolModel(PAGE) {
                    @Override
                    long find(ModelChunk chunk, long bits, Placement rule) {
                        return chunk.bits().nextZeroArea(0, bits, 3, 0);
                    }
                };
            }
        },
        ALIGNED_TO_ADDRESSES_INSTEAD_OF_DISTANCES(Placement.orderAligned()) {
            @Override
            PoolModel model() {
                return new PoolModel(PAGE) {
                    @Override
                    long find(ModelChunk chunk, long bits, Placement rule) {
                        long bytes = Long.highestOneBit(2 * bits - 1) << PAGE;
                        return super.find(chunk, bits, Placement.aligned(bytes));
                    }
                };
            }
        },
        HIGHEST_OF_EQUALLY_SHORT_RUNS(Placement.bestFit()) {
            @Override
            PoolModel model() {
                return new PoolModel(PAGE) {
                    @Override
                    boolean isBetter(long length, long shortest) {
                        return length <= shortest;
                    }
                };
            }
        },
        OLDEST_CHUNK_FIRST(Placement.firstFit()) {
            @Override
            PoolModel model() {
                return new PoolModel(PAGE) {
                    @Override
                    void add(Range range) {
                        super.add(range);
                        chunks.addLast(chunks.removeFirst());
                    }
                };
            }
        };

        final Placement rule;

        Mutant(Placement rule) {
            this.rule = rule;
        }

        abstract PoolModel model();
    }

    @ParameterizedTest
    @EnumSource
    void aBentRuleIsNoticed(Mutant mutant) {
        var layout = List.of(pages(0x345, 300), pages(0x1003, 1000));
        assertThatThrownBy(() -> run(mutant.model(), mutant.rule, layout, 0.9, Seed.fixed(mutant)))
                .isInstanceOf(AssertionError.class)
                // By a place; or by the runs, if a chunk comes elsewhere in their list before a place differs.
                .hasMessageContaining("repeat with");
    }
}
