package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PoolTests {
    private static final long PAGE = 4096;
    private static final long BASE = 0x4000_0000L;

    private final Pool pool = new Pool(PAGE, Placement.firstFit());

    private static Range pages(long first, long count) {
        return new Range(BASE + first * PAGE, count * PAGE);
    }

    @Test
    void hasNoRoomBeforeItHasAChunk() {
        assertThat(pool.allocate(1)).isEmpty();
        assertThat(pool.occupancy()).isEqualTo(new Occupancy(0, 0, 0, 0));
        assertThat(pool.occupancy().fragmentation()).isZero();
    }

    @Test
    void findsNothingForNothing() {
        pool.add(pages(0, 4));
        assertThat(pool.allocate(0)).isEmpty();
        assertThat(pool.occupancy().allocations()).isZero();
    }

    @Test
    void roundsRequestsUpToGranules() {
        pool.add(pages(0, 4));
        assertThat(pool.allocate(1)).hasValue(BASE);
        assertThat(pool.allocate(PAGE + 1)).hasValue(BASE + PAGE);
        assertThat(pool.allocations()).containsExactly(pages(0, 1), pages(1, 2));
        assertThat(pool.occupancy()).isEqualTo(new Occupancy(4 * PAGE, PAGE, PAGE, 2));
    }

    @Test
    void givesAllOfItselfAndThenNothing() {
        pool.add(pages(0, 100));
        assertThat(pool.allocate(100 * PAGE)).hasValue(BASE);
        assertThat(pool.allocate(1)).isEmpty();
        assertThat(pool.freeRuns()).isEmpty();
        pool.free(BASE, 100 * PAGE);
        assertThat(pool.freeRuns()).containsExactly(pages(0, 100));
        assertThat(pool.occupancy().largestFree()).isEqualTo(100 * PAGE);
    }

    @Test
    void refusesMoreThanAnyChunkHas() {
        pool.add(pages(0, 10));
        pool.add(pages(10, 10));
        assertThat(pool.allocate(11 * PAGE)).isEmpty();
        assertThat(pool.allocate(Long.MAX_VALUE)).isEmpty();
        assertThat(pool.occupancy().free()).isEqualTo(20 * PAGE);
    }

    @Test
    void asksTheNewestChunkFirst() {
        pool.add(pages(0, 10));
        pool.add(pages(100, 10));
        assertThat(pool.chunks()).containsExactly(pages(100, 10), pages(0, 10));
        assertThat(pool.allocate(6 * PAGE)).hasValue(BASE + 100 * PAGE);
        assertThat(pool.allocate(6 * PAGE)).hasValue(BASE);
        assertThat(pool.allocate(4 * PAGE)).hasValue(BASE + 106 * PAGE);
    }

    @Test
    void handsOutAddressZeroLikeAnyOther() {
        pool.add(new Range(0, 2 * PAGE));
        assertThat(pool.allocate(PAGE)).hasValue(0);
        pool.free(0, PAGE);
        assertThat(pool.occupancy().free()).isEqualTo(2 * PAGE);
    }

    @Test
    void saysWhichRangesLieInOneChunk() {
        pool.add(pages(0, 10));
        pool.add(pages(10, 10));
        assertThat(pool.has(pages(3, 7))).isTrue();
        assertThat(pool.has(pages(9, 2))).as("across two chunks").isFalse();
        assertThat(pool.has(pages(19, 2))).isFalse();
    }

    @Test
    void tellsHowScatteredTheFreeMemoryIs() {
        pool.add(pages(0, 8));
        for (int page = 0; page < 8; page++) {
            assertThat(pool.allocate(PAGE)).isPresent();
        }
        pool.free(BASE, PAGE);
        pool.free(BASE + 2 * PAGE, PAGE);
        pool.free(BASE + 4 * PAGE, PAGE);
        pool.free(BASE + 5 * PAGE, PAGE);
        assertThat(pool.freeRuns()).containsExactly(pages(0, 1), pages(2, 1), pages(4, 2));
        assertThat(pool.occupancy().largestFree()).isEqualTo(2 * PAGE);
        assertThat(pool.occupancy().fragmentation()).isEqualTo(0.5);
    }

    @Test
    void keepsLargeChunksCheap() {
        pool.add(new Range(0, PAGE << 24));
        assertThat(pool.allocate(PAGE << 23)).hasValue(0);
        assertThat(pool.allocate(PAGE << 23, Placement.orderAligned())).hasValue(PAGE << 23);
        assertThat(pool.occupancy().free()).isZero();
    }

    @Nested
    class Placing {
        @Test
        void alignsAddressesNotDistances() {
            pool.add(pages(3, 32));
            assertThat(pool.allocate(PAGE, Placement.aligned(8 * PAGE))).hasValue(BASE + 8 * PAGE);
            assertThat(pool.allocate(PAGE, Placement.aligned(PAGE / 2))).hasValue(BASE + 3 * PAGE);
        }

        @Test
        void orderAlignsDistancesNotAddresses() {
            pool.add(pages(3, 32));
            assertThat(pool.allocate(PAGE)).hasValue(BASE + 3 * PAGE);
            assertThat(pool.allocate(5 * PAGE, Placement.orderAligned())).hasValue(BASE + 11 * PAGE);
        }

        @Test
        void findsNoPlaceForAnAlignmentLargerThanTheChunk() {
            pool.add(pages(1, 64));
            assertThat(pool.allocate(PAGE, Placement.aligned(1L << 40))).isEmpty();
            pool.add(new Range(1L << 40, PAGE));
            assertThat(pool.allocate(PAGE, Placement.aligned(1L << 40))).hasValue(1L << 40);
            assertThat(pool.allocate(PAGE, Placement.aligned(1L << 62))).isEmpty();
        }

        @Test
        void takesTheLowestOfTheShortestRunsForBestFit() {
            pool.add(pages(0, 500));
            int[] holes = {100, 200, 210, 300, 400};
            int[] lengths = {9, 5, 3, 5, 80};
            assertThat(pool.allocate(500 * PAGE)).isPresent();
            pool.free(BASE, 500 * PAGE);
            long frontier = 0;
            for (int i = 0; i < holes.length; i++) {
                assertThat(pool.allocate((holes[i] - frontier) * PAGE, Placement.fixed(frontier * PAGE)))
                        .isPresent();
                frontier = holes[i] + lengths[i];
            }
            assertThat(pool.allocate((500 - frontier) * PAGE, Placement.fixed(frontier * PAGE)))
                    .isPresent();

            assertThat(pool.allocate(4 * PAGE, Placement.bestFit())).hasValue(BASE + 200 * PAGE);
            assertThat(pool.allocate(5 * PAGE, Placement.bestFit())).hasValue(BASE + 300 * PAGE);
            assertThat(pool.allocate(PAGE, Placement.bestFit())).hasValue(BASE + 204 * PAGE);
            assertThat(pool.allocate(70 * PAGE, Placement.bestFit())).hasValue(BASE + 400 * PAGE);
        }

        @Test
        void takesAFixedOffsetOrNothing() {
            pool.add(pages(0, 10));
            assertThat(pool.allocate(2 * PAGE, Placement.fixed(4 * PAGE))).hasValue(BASE + 4 * PAGE);
            assertThat(pool.allocate(2 * PAGE, Placement.fixed(3 * PAGE))).isEmpty();
            assertThat(pool.allocate(2 * PAGE, Placement.fixed(9 * PAGE))).isEmpty();
            assertThat(pool.allocate(PAGE, Placement.fixed(PAGE << 40))).isEmpty();
            assertThat(pool.allocate(PAGE, Placement.fixed(9 * PAGE))).hasValue(BASE + 9 * PAGE);
        }

        @Test
        void looksForAFixedOffsetInEachChunk() {
            pool.add(pages(0, 10));
            pool.add(pages(100, 5));
            assertThat(pool.allocate(PAGE, Placement.fixed(7 * PAGE))).hasValue(BASE + 7 * PAGE);
        }

        @Test
        void refusesAFixedOffsetInsideAGranule() {
            pool.add(pages(0, 10));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.allocate(PAGE, Placement.fixed(100)))
                    .withMessageContaining("granule");
        }
    }

    @Nested
    class Refusing {
        @Test
        void whatWasFreedBefore() {
            pool.add(pages(0, 10));
            long address = pool.allocate(3 * PAGE).orElseThrow();
            pool.free(address, 3 * PAGE);
            refused(address, 3 * PAGE, "freed twice");
        }

        @Test
        void whatWasNeverAllocated() {
            pool.add(pages(0, 10));
            refused(BASE + PAGE, PAGE, "never allocated");
            refused(BASE + 10 * PAGE, PAGE, "in no chunk");
            refused(0, PAGE, "in no chunk");
        }

        @Test
        void partsOfAnAllocation() {
            pool.add(pages(0, 10));
            assertThat(pool.allocate(4 * PAGE)).hasValue(BASE);
            refused(BASE, 3 * PAGE, "not the whole allocation, which is 0x40000000-0x40003fff");
            refused(BASE + PAGE, 3 * PAGE, "inside 0x40000000-0x40003fff");
            refused(BASE + 1, 4 * PAGE, "inside");
        }

        @Test
        void twoAllocationsAtOnce() {
            pool.add(pages(0, 10));
            assertThat(pool.allocate(PAGE)).hasValue(BASE);
            assertThat(pool.allocate(PAGE)).hasValue(BASE + PAGE);
            refused(BASE, 2 * PAGE, "not the whole allocation");
        }

        @Test
        void emptyAndNegativeRanges() {
            pool.add(pages(0, 10));
            assertThat(pool.allocate(PAGE)).hasValue(BASE);
            refused(BASE, 0, "not a range");
            refused(BASE, -PAGE, "not a range");
            refused(-PAGE, PAGE, "not a range");
            assertThatIllegalArgumentException().isThrownBy(() -> pool.allocate(-1));
        }

        @Test
        void chunksThatOverlapOrDoNotFitTheGranule() {
            pool.add(pages(0, 10));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.add(pages(9, 2)))
                    .withMessageContaining("overlaps");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.add(new Range(0, PAGE + 1)))
                    .withMessageContaining("granule");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.add(new Range(1L << 40, PAGE << 30)))
                    .withMessageContaining("granules");
            assertThat(pool.chunks()).containsExactly(pages(0, 10));
        }

        @Test
        void granulesAndAlignmentsThatAreNoPowersOfTwo() {
            assertThatIllegalArgumentException().isThrownBy(() -> new Pool(3, Placement.firstFit()));
            assertThatIllegalArgumentException().isThrownBy(() -> new Pool(0, Placement.firstFit()));
            assertThatIllegalArgumentException().isThrownBy(() -> Placement.aligned(3));
            assertThatIllegalArgumentException().isThrownBy(() -> Placement.aligned(0));
            assertThatIllegalArgumentException().isThrownBy(() -> Placement.fixed(-1));
        }

        private void refused(long address, long size, String why) {
            Occupancy before = pool.occupancy();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.free(address, size))
                    .withMessageContaining(why);
            assertThat(pool.occupancy()).isEqualTo(before);
        }
    }
}
