package io.dmaheap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the constraints of a device make of memory, before and after it is allocated. */
class MemoryOutlookTests {
    private static final long MIB = 1 << 20;
    private static final PhysicalRange LOW = new PhysicalRange(0x4000_0000L, 16 * MIB);
    private static final PhysicalRange HIGH = new PhysicalRange(0x1_0000_0000L, 16 * MIB);
    private static final PhysicalRange ACROSS = new PhysicalRange(0xff80_0000L, 16 * MIB);

    private static Constraints segments(int most) {
        return new Constraints(64, most, Long.MAX_VALUE, false);
    }

    private static Constraints bits(int bits) {
        return new Constraints(bits, Integer.MAX_VALUE, Long.MAX_VALUE, false);
    }

    private static PhysicalRange page(long base) {
        return new PhysicalRange(base, 4096);
    }

    @Test
    void aDeviceWithoutLimitsUsesMemoryOfWhichNothingIsKnown() {
        assertThat(MemoryOutlook.within(0, List.of(), Answer.UNKNOWN).usability(Constraints.NONE))
                .isEqualTo(Usability.YES);
    }

    @ParameterizedTest
    @CsvSource({
        // size, contiguous, most segments: answer
        "0,       NO,      1,   NO",
        "4096,    NO,      1,   YES",
        "8192,    NO,      1,   NO",
        "8192,    NO,      2,   YES",
        "1048576, NO,      256, YES",
        "1052672, NO,      256, UNKNOWN",
        "0,       NO,      256, UNKNOWN",
        "8192,    UNKNOWN, 1,   UNKNOWN",
        "4096,    UNKNOWN, 1,   YES",
        "8192,    YES,     1,   YES"
    })
    void theNumberOfSegmentsIsBoundedByTheSize(long size, Answer contiguous, int most, Answer answer) {
        var outlook = MemoryOutlook.within(size, List.of(LOW), contiguous);

        assertThat(outlook.usability(segments(most)).answer()).isEqualTo(answer);
        assertThat(outlook.usability(new Constraints(64, most, Long.MAX_VALUE, true))
                        .answer())
                .as("behind an IOMMU")
                .isEqualTo(Answer.YES);
    }

    @Test
    void segmentsThatAreKnownAreCounted() {
        var three = MemoryOutlook.at(List.of(page(0), page(0x2000), page(0x4000)));

        assertThat(three.usability(segments(3))).isEqualTo(Usability.YES);
        assertThat(three.usability(segments(2))).isEqualTo(Usability.no("it takes 2 segments, and this has 3"));
        assertThat(three.usability(segments(1)))
                .isEqualTo(Usability.no("it needs contiguous memory, and this is in 3 pieces"));
        assertThat(three.anywhere().usability(segments(2)).answer()).isEqualTo(Answer.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"4096, YES, YES", "65536, NO, YES", "131072, YES, NO", "131072, NO, UNKNOWN", "0, YES, UNKNOWN"})
    void aSegmentMayBeTooLong(long size, Answer contiguous, Answer answer) {
        var shortSegments = new Constraints(64, Integer.MAX_VALUE, 65536, false);

        assertThat(MemoryOutlook.within(size, List.of(LOW), contiguous)
                        .usability(shortSegments)
                        .answer())
                .isEqualTo(answer);
    }

    @Test
    void memoryIsOutOfReachAsAWholeOrInPart() {
        assertThat(MemoryOutlook.within(MIB, List.of(LOW), Answer.YES).usability(bits(32)))
                .isEqualTo(Usability.YES);
        assertThat(MemoryOutlook.within(MIB, List.of(HIGH), Answer.YES).usability(bits(32)))
                .isEqualTo(Usability.no("it has 32 address bits, and does not reach " + HIGH));
        assertThat(MemoryOutlook.within(MIB, List.of(ACROSS), Answer.YES)
                        .usability(bits(32))
                        .answer())
                .isEqualTo(Answer.UNKNOWN);
        assertThat(MemoryOutlook.within(9 * MIB, List.of(ACROSS), Answer.YES)
                        .usability(bits(32))
                        .answer())
                .as("8 MiB are within reach")
                .isEqualTo(Answer.NO);
        assertThat(MemoryOutlook.within(MIB, List.of(), Answer.YES)
                        .usability(bits(32))
                        .answer())
                .isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void whereABufferLiesDecidesAndNotWhereItMightLie() {
        var across = MemoryOutlook.within(4096, List.of(ACROSS), Answer.YES);

        assertThat(across.withSegments(List.of(page(0xff80_0000L))).usability(bits(32)))
                .isEqualTo(Usability.YES);
        assertThat(across.withSegments(List.of(page(0x1_0000_0000L)))
                        .usability(bits(32))
                        .reason())
                .isEqualTo("it has 32 address bits, and does not reach 0x100000000-0x100001000");
    }

    @Test
    void everyReasonIsTold() {
        var two = MemoryOutlook.at(List.of(page(0x1_0000_0000L), page(0x1_0000_2000L)));

        assertThat(two.usability(new Constraints(32, 1, Long.MAX_VALUE, false)).reason())
                .isEqualTo(
                        "it needs contiguous memory, and this is in 2 pieces; it has 32 address bits, and does not reach"
                                + " 0x100000000-0x100001000");
    }

    @Test
    void aRefusalCountsMoreThanADoubtAndTheFirstOfEachMost() {
        Usability doubt = Usability.unknown("a");
        Usability refusal = Usability.no("b");

        assertThat(doubt.and(refusal)).isEqualTo(refusal);
        assertThat(refusal.and(doubt)).isEqualTo(refusal);
        assertThat(doubt.and(Usability.unknown("c"))).isEqualTo(doubt);
        assertThat(Usability.YES.and(doubt)).isEqualTo(doubt);
        assertThat(doubt.and(Usability.YES)).isEqualTo(doubt);
        assertThat(refusal.and(Usability.denied("d")).reason()).isEqualTo("b; d");
        assertThat(Usability.denied("d").and(refusal).code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryOutlook.within(-1, List.of(), Answer.YES));
    }
}
