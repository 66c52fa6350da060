package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CmaAreaTests {
    private static final Range FRAMES = new Range(0x80000, 4096);

    private final List<Range> tried = new ArrayList<>();

    /** Finds one page pinned. */
    private Occupant<Range> pinned(long frame) {
        return pages -> {
            tried.add(pages);
            return pages.overlaps(new Range(frame, 1)) ? Optional.empty() : Optional.of(pages);
        };
    }

    @Test
    void alignsToTheRequestRoundedUp() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(1)).hasValue(0x80000);
        assertThat(area.allocate(3)).hasValue(0x80004);
        assertThat(area.allocate(2)).hasValue(0x80002);
        assertThat(area.allocate(100)).hasValue(0x80080);
    }

    @Test
    void tellsTheFirstPlaceWithoutTakingIt() {
        var area = new CmaArea(FRAMES);
        for (long pages : new long[] {1, 3, 2, 100, 700}) {
            var before = area.statistics();
            Range place = area.firstPlace(pages).orElseThrow();
            assertThat(area.statistics()).isEqualTo(before);
            assertThat(area.allocate(pages)).hasValue(place.start());
        }
        assertThat(area.firstPlace(4096)).isEmpty();
        assertThat(area.firstPlace(0)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> area.firstPlace(-1));
    }

    @Test
    void alignsToNoMoreThanTheCap() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(1)).hasValue(0x80000);
        assertThat(area.allocate(3038)).hasValue(0x80100);
        var tight = new CmaArea(List.of(FRAMES), 2);
        assertThat(tight.allocate(1)).hasValue(0x80000);
        assertThat(tight.allocate(3038)).hasValue(0x80004);
    }

    @Test
    void alignsFrameNumbersNotDistances() {
        var area = new CmaArea(new Range(0x80003, 200));
        assertThat(area.allocate(16)).hasValue(0x80010);
        assertThat(area.allocate(200)).isEmpty();
    }

    @Test
    void goesOnOneAlignmentStepBehindABusyPlace() {
        // The pinned page lies in the first four places for 710 pages; each retry moves by 4 pages, not by 710.
        var area = new CmaArea(List.of(FRAMES), 2);
        assertThat(area.allocate(710, pinned(0x8000d))).hasValue(new Range(0x80010, 710));
        assertThat(tried)
                .containsExactly(
                        new Range(0x80000, 710),
                        new Range(0x80004, 710),
                        new Range(0x80008, 710),
                        new Range(0x8000c, 710),
                        new Range(0x80010, 710));
        assertThat(area.statistics()).isEqualTo(new CmaStatistics(710, 0, 0, 4));
    }

    @Test
    void goesOnPageByPageForASinglePage() {
        assertThat(new CmaArea(FRAMES).allocate(1, pinned(0x80000))).hasValue(new Range(0x80001, 1));
    }

    @Test
    void triesTheNextRangeWhenOneHasNoPlace() {
        var first = new Range(0x100, 16);
        var second = new Range(0x1000, 64);
        var area = new CmaArea(List.of(first, second), 8);
        assertThat(area.ranges()).containsExactly(first, second);
        assertThat(area.allocate(16, pinned(0x108))).as("after a busy place").hasValue(new Range(0x1000, 16));
        assertThat(area.allocate(20)).as("without a place in the first").hasValue(0x1020);
        assertThat(area.allocate(8)).hasValue(0x100);
    }

    @Test
    void stopsAtAnyOtherErrorWithNothingAllocated() {
        var area = new CmaArea(List.of(FRAMES, new Range(0x100, 16)), 8);
        assertThatIllegalStateException()
                .isThrownBy(() -> area.allocate(8, pages -> {
                    tried.add(pages);
                    throw new IllegalStateException("no");
                }));
        assertThat(tried).containsExactly(new Range(0x80000, 8));
        assertThat(area.statistics()).isEqualTo(new CmaStatistics(0, 8, 0, 0));
        assertThat(area.occupancy()).isEqualTo(new Occupancy(4096 + 16, 4096 + 16, 4096, 0));
        assertThat(area.allocate(8)).hasValue(0x80000);
    }

    @Test
    void asksNobodyWhenMoreIsWantedThanIsAvailable() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(4097, pinned(0))).isEmpty();
        assertThat(tried).isEmpty();
        assertThat(area.statistics().failed()).isEqualTo(4097);
    }

    @Test
    void failsWithPlentyOfFreePages() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(256, pages -> Optional.empty())).isEmpty();
        assertThat(area.occupancy()).isEqualTo(new Occupancy(4096, 4096, 4096, 0));
        assertThat(area.statistics()).isEqualTo(new CmaStatistics(0, 256, 0, 16));
    }

    @Test
    void findsNothingForNothingAndDoesNotCountIt() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(0)).isEmpty();
        assertThat(area.statistics()).isEqualTo(new CmaStatistics(0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> area.allocate(-1));
    }

    @Test
    void countsPages() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(4000)).isPresent();
        assertThat(area.allocate(4000)).isEmpty();
        assertThat(area.occupancy().used()).isEqualTo(4000);
        assertThat(area.allocations()).containsExactly(new Range(0x80000, 4000));
        assertThat(area.freeRuns()).containsExactly(new Range(0x80000 + 4000, 96));
        area.release(0x80000, 4000);
        assertThat(area.statistics()).isEqualTo(new CmaStatistics(4000, 4000, 4000, 0));
        assertThat(area.occupancy()).isEqualTo(new Occupancy(4096, 4096, 4096, 0));
    }

    @Test
    void refusesReleasesThatMatchNoAllocation() {
        var area = new CmaArea(FRAMES);
        assertThat(area.allocate(10)).hasValue(0x80000);
        assertThat(area.has(FRAMES)).isTrue();
        for (Range wrong :
                List.of(new Range(0x80000, 9), new Range(0x80001, 9), new Range(0x80010, 1), new Range(0, 1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> area.release(wrong.start(), wrong.size()));
        }
        assertThat(area.statistics().released()).isZero();
        assertThat(area.occupancy().used()).isEqualTo(10);
    }

    @Test
    void hasOneToEightRangesApart() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CmaArea(List.of(), 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new CmaArea(Collections.nCopies(9, FRAMES), 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new CmaArea(Collections.nCopies(2, FRAMES), 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new CmaArea(List.of(FRAMES), 99));
    }
}
