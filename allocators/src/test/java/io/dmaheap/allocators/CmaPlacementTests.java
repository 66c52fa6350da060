package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random traces with pinned pages: an area tries and takes the places that the kernel tries and takes. */
class CmaPlacementTests {
    private static final List<List<Range>> LAYOUTS = List.of(
            List.of(new Range(0, 1)),
            List.of(new Range(0x40000, 4096)),
            List.of(new Range(0x12345, 3000)),
            List.of(new Range(100, 200), new Range(5000, 1025), new Range(3, 64)));

    static Stream<Arguments> traces() {
        return LAYOUTS.stream()
                .flatMap(layout -> Stream.of(0, 3, 8, 12)
                        .flatMap(cap -> Stream.of(0.0, 0.01, 0.2)
                                .flatMap(pinned -> Stream.of(0.5, 0.9, 0.99)
                                        .map(share -> Arguments.of(layout, cap, pinned, share)))));
    }

    @ParameterizedTest(name = "{0}, cap {1}, {2} pinned, at {3}")
    @MethodSource("traces")
    void placesLikeTheKernel(List<Range> layout, int cap, double pinned, double occupancy) {
        Pinned pins = new Pinned(layout, pinned, Seed.random(layout, pinned));
        run(new CmaModel(layout, cap, pins), layout, cap, pins, occupancy, Seed.random(layout, cap, occupancy));
    }

    @Test
    void aRetryBehindTheTriedRangeIsNoticed() {
        List<Range> layout = List.of(new Range(0, 4096));
        Pinned pins = new Pinned(layout, 0.01, Seed.fixed("pins"));
        var mutant = new CmaModel(layout, 3, pins) {
            @Override
            long afterBusy(long bit, long mask, long pages) {
                return bit + Math.max(mask + 1, pages);
            }
        };
        assertThatThrownBy(() -> run(mutant, layout, 3, pins, 0.5, Seed.fixed("trace")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("tried places");
    }

    private static void run(CmaModel model, List<Range> layout, int cap, Pinned pins, double occupancy, Random random) {
        var area = new CmaArea(layout, cap);
        var pair = new Trace.Pair() {
            @Override
            public long expected(int units) {
                pins.tried.clear();
                return model.allocate(units);
            }

            @Override
            public long actual(int units) {
                var expected = List.copyOf(pins.tried);
                pins.tried.clear();
                long frame = placed(units);
                assertThat(pins.tried).as("tried places; %s", Seed.hint()).isEqualTo(expected);
                return frame;
            }

            private long placed(int units) {
                try {
                    return area.allocate(units, pins).map(Range::start).orElse(-1L);
                } catch (Pinned.Broken e) {
                    return -1;
                }
            }

            @Override
            public void free(long frame, int units) {
                area.release(frame, units);
                model.release(frame, units);
            }

            @Override
            public void check() {
                assertThat(area.occupancy().free()).isEqualTo(model.available);
                assertThat(area.freeRuns().mapToLong(Range::size).sum()).isEqualTo(model.available);
                assertThat(area.occupancy().largestFree())
                        .isEqualTo(area.freeRuns().mapToLong(Range::size).max().orElse(0));
            }
        };
        int pages = (int) layout.stream().mapToLong(Range::size).sum();
        Trace.run(pair, random, pages, occupancy, 200);
    }

    /** Pages that cannot be moved, and a record of the places that were tried. */
    private static final class Pinned implements Occupant<Range> {
        /** No page that is merely busy. */
        static final class Broken extends RuntimeException {}

        final List<Range> tried = new ArrayList<>();
        private final BitSet pages = new BitSet();

        Pinned(List<Range> layout, double share, Random random) {
            for (Range range : layout) {
                for (long frame = range.start(); frame < range.end(); frame++) {
                    pages.set((int) frame, random.nextDouble() < share);
                }
            }
        }

        @Override
        public Optional<Range> occupy(Range range) {
            tried.add(range);
            int pin = pages.nextSetBit((int) range.start());
            if (pin < 0 || pin >= range.end()) {
                return Optional.of(range);
            }
            if (pin % 97 == 0) {
                throw new Broken();
            }
            return Optional.empty();
        }
    }
}
