package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.DeviceBytes;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.testkit.PlatformInHand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protected heaps of the emulated board, and how their memory changes hands. */
@ExtendWith(NoLeaks.class)
class ProtectedPoolsTests {
    private static final long MIB = 1 << 20;
    private static final String TRUSTED_UI = "protected,trusted-ui";
    private static final String RECORD = "protected,secure-video-record";

    private final Emulator board = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(board);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "sdp, secure-data-path, 16",
        "'protected,secure-video', secure-video, 16",
        "'protected,trusted-ui', trusted-ui, 10",
        "'protected,secure-video-record', secure-video-record, 16"
    })
    void everyPoolOfTheBoardIsAHeapForItsUse(String name, String useCase, long mebibytes) {
        try (var heaps = platform.open();
                var heap = heaps.find(name).orElseThrow()) {
            assertThat(heaps.problems()).isEmpty();
            assertThat(heap.traits().protection()).contains(new Protection(Protection.Kind.INACCESSIBLE, useCase));
            assertThat(heap.traits().zeroed()).isEqualTo(Answer.NO);
            assertThat(heap.traits().contiguous()).isEqualTo(Answer.YES);
            assertThat(heap.info().total()).hasValue(mebibytes * MIB);
            assertThat(heap.info().free()).hasValue(mebibytes * MIB);
        }
    }

    @Test
    void whatOpTeeWasToldToBorrowForMayUseIt() {
        try (var heaps = platform.open();
                var ui = heaps.find(TRUSTED_UI).orElseThrow();
                var record = heaps.find(RECORD).orElseThrow();
                var picture = ui.allocate(MIB);
                var clip = record.allocate(MIB)) {
            assertThat(picture.accessList().orElseThrow().grants())
                    .containsOnly(
                            entry("display", Access.READ),
                            entry("gpu", Access.READ_WRITE),
                            entry("tee", Access.READ_WRITE));
            assertThat(clip.accessList().orElseThrow().grants())
                    .containsOnly(
                            entry("encoder", Access.READ),
                            entry("camera", Access.READ_WRITE),
                            entry("tee", Access.READ_WRITE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRUSTED_UI, RECORD})
    void aPoolIsLentAtTheFirstBufferAndReclaimedAfterTheLast(String name) {
        try (var heaps = platform.open();
                var heap = heaps.find(name).orElseThrow()) {
            assertThat(board.faults().passages(FaultPoint.LEND)).isZero();
            var first = heap.allocate(MIB);
            var second = heap.allocate(MIB);
            first.close();
            heap.allocate(MIB).close();
            assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(1);
            assertThat(board.faults().passages(FaultPoint.RECLAIM)).isZero();
            second.close();
            assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(1);
            heap.allocate(MIB).close();
            assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(2);
            assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(2);
        }
    }

    @Test
    void anIdlePoolCostsARoundTripForEveryBufferAndALentOneNothing() {
        var emulated = Emulator.standard();
        try (var heaps = Heaps.open(HeapsOptions.defaults(), emulated);
                var heap = heaps.find(TRUSTED_UI).orElseThrow()) {
            heap.allocate(4096).close();
            Duration roundTrip = emulated.clock().now();
            assertThat(roundTrip).isBetween(Duration.ofMillis(1), Duration.ofMillis(2));
            try (var _ = heap.allocate(4096)) {
                Duration lent = emulated.clock().now();
                heap.allocate(4096).close();
                assertThat(emulated.clock().now()).isEqualTo(lent);
            }
            assertThat(emulated.clock().now()).isEqualTo(roundTrip.multipliedBy(2));
        }
    }

    @Test
    void aRequestThatCannotBeMetLendsAndReclaimsAllTheSame() {
        try (var heaps = platform.open();
                var heap = heaps.find(TRUSTED_UI).orElseThrow()) {
            for (int round = 1; round <= 2; round++) {
                assertThatThrownBy(() -> heap.allocate(11 * MIB))
                        .isInstanceOfSatisfying(HeapException.class, refusal -> {
                            assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                            assertThat(refusal.errno()).contains("ENOMEM");
                        })
                        .hasMessageContaining("of its 10485760 bytes 10485760 are free")
                        .hasMessageContaining("never grows");
                assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(round);
                assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(round);
            }
            assertThat(heap.info().free()).hasValue(10 * MIB);
        }
    }

    @Test
    void freeMemoryInPiecesIsToldFromTooLittle() {
        try (var heaps = platform.open();
                var heap = heaps.find("sdp").orElseThrow();
                var a = heap.allocate(4 * MIB);
                var _ = heap.allocate(4 * MIB);
                var c = heap.allocate(4 * MIB);
                var d = heap.allocate(4 * MIB)) {
            a.close();
            c.close();
            assertThatThrownBy(() -> heap.allocate(5 * MIB)).hasMessageContaining("in pieces");
            d.close();
            heap.allocate(8 * MIB).close();
            assertThatThrownBy(() -> heap.allocate(13 * MIB)).hasMessageContaining("Close buffers");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdp", "protected,secure-video"})
    void theNextOwnerOfAFixedPoolFindsWhatTheLastOneLeft(String name) {
        try (var heaps = platform.open();
                var heap = heaps.find(name).orElseThrow()) {
            try (var mine = heap.allocate(MIB)) {
                DeviceBytes.write(heaps.device("tee").orElseThrow(), mine, "secret");
            }
            try (var theirs = heap.allocate(MIB)) {
                assertThat(DeviceBytes.read(heaps.device("tee").orElseThrow(), theirs, 6))
                        .isEqualTo("secret");
            }
        }
    }

    @Test
    void aLentPoolIsStaleWhileItIsLentAndClearedBeforeTheNormalWorldHasItBack() {
        try (var heaps = platform.open();
                var heap = heaps.find(RECORD).orElseThrow()) {
            var other = heap.allocate(4096);
            try (var mine = heap.allocate(MIB)) {
                DeviceBytes.write(heaps.device("camera").orElseThrow(), mine, "secret");
            }
            try (var theirs = heap.allocate(MIB)) {
                assertThat(DeviceBytes.read(heaps.device("encoder").orElseThrow(), theirs, 6))
                        .isEqualTo("secret");
            }
            other.close();
            try (var _ = heap.allocate(4096);
                    var fresh = heap.allocate(MIB)) {
                assertThat(DeviceBytes.read(heaps.device("encoder").orElseThrow(), fresh, 6))
                        .isEqualTo("\0".repeat(6));
            }
        }
    }

    @Test
    void pagesAreTheNormalWorldsOnlyWhileThePoolIsIdle() {
        try (var heaps = platform.open();
                var heap = heaps.find(TRUSTED_UI).orElseThrow()) {
            var pages = platform.region("tee-dma@6a000000");
            try (var _ = heap.allocate(4096)) {
                assertThatThrownBy(() -> pages.take(0, AllocationRequest.of(4096)))
                        .hasMessageContaining("lent to the secure world");
            }
            pages.take(0, AllocationRequest.of(10 * MIB)).release();
        }
    }

    @Test
    void poolsThatShareThePagesToLendNeverShareAPage() {
        try (var heaps = platform.open();
                var ui = heaps.find(TRUSTED_UI).orElseThrow();
                var record = heaps.find(RECORD).orElseThrow();
                var _ = ui.allocate(10 * MIB);
                var _ = record.allocate(16 * MIB)) {
            assertThat(ui.info().free()).hasValue(0);
            assertThat(record.info().free()).hasValue(0);
        }
    }

    @Test
    void aPinnedPageIsSteppedOverAndManyAreTooMany() {
        try (var heaps = platform.open();
                var heap = heaps.find(RECORD).orElseThrow()) {
            board.faults().pin(0x6a00_0000L, 4096);
            heap.allocate(4096).close();
            board.faults().pin(0x6b00_0000L, 4096);
            assertThatThrownBy(() -> heap.allocate(4096))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                    .hasMessageContaining("no contiguous 16777216 bytes to lend");
            board.faults().unpin(0x6b00_0000L);
            heap.allocate(4096).close();
        }
    }

    /** As the heap that the normal world has on the same region allocates it. */
    @Test
    void anOrdinaryBufferInTheRegionIsSteppedOver() {
        try (var heaps = platform.open();
                var heap = heaps.find(RECORD).orElseThrow()) {
            var ordinary = platform.region("tee-dma@6a000000").take(0, AllocationRequest.of(4096));
            heap.allocate(4096).close();
            ordinary.release();
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void aPoolLiesWhereTheFirmwareWantsIt() throws IOException {
        Path tree = Files.writeString(
                directory.resolve("board.dts"),
                tree("0x100000", "").replace("<0x100000>;", "<0x100000>; dmaheap,alignment = <0x200000>;"));
        var board = Emulator.with(Map.of("board", tree.toString()));
        board.faults().pin(0x8200_0000L, 4096);
        try (var heaps = Heaps.open(HeapsOptions.defaults(), board);
                var heap = heaps.find(TRUSTED_UI).orElseThrow();
                var buffer = heap.allocate(4096);
                var attachment = heaps.device("codec").orElseThrow().attach(buffer);
                var mapping = attachment.map(Access.READ)) {
            assertThat(mapping.segments().getFirst().address()).isEqualTo(0x8220_0000L);
        }
    }

    @Test
    void aUseThatTheFirmwareDoesNotTellOfIsReportedAndTheOthersWork() {
        board.faults().fail(FaultPoint.CONFIGURE, 1);
        try (var heaps = platform.open()) {
            assertThat(heaps.find(TRUSTED_UI)).isEmpty();
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
                assertThat(problem.subject()).isEqualTo(TRUSTED_UI);
            });
            assertThat(heaps.heaps()).extracting(HeapInfo::name).contains("sdp", "protected,secure-video", RECORD);
        }
    }

    @Test
    void aFirmwareThatWantsMoreThanThereIsToLendIsReported() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), tree("0x1000000", ""));
        try (var heaps = Heaps.open(HeapsOptions.defaults(), Emulator.with(Map.of("board", tree.toString())))) {
            assertThat(heaps.find(TRUSTED_UI)).isEmpty();
            assertThat(heaps.problems())
                    .singleElement()
                    .asString()
                    .contains(TRUSTED_UI, "OP-TEE wants 16777216 bytes", "memory-region");
        }
    }

    @Test
    void aSecureVideoPoolIsBorrowedWhereTheSecureWorldHasNoneOfItsOwn() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), tree("0x100000", """
                video { dmaheap,use-case = <1>; dmaheap,minimum-size = <0x200000>; dmaheap,read-write = "codec"; };
                """));
        var lending = Emulator.with(Map.of("board", tree.toString()));
        try (var heaps = Heaps.open(HeapsOptions.defaults(), lending);
                var heap = heaps.find("protected,secure-video").orElseThrow();
                var buffer = heap.allocate(4096)) {
            assertThat(heaps.problems()).isEmpty();
            assertThat(lending.faults().passages(FaultPoint.LEND)).isEqualTo(1);
            assertThat(buffer.accessList().orElseThrow().grants()).isEqualTo(Map.of("codec", Access.READ_WRITE));
        }
    }

    private static String tree(String minimumSize, String moreUses) {
        return """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x4000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        pages: pages@82000000 {
                            compatible = "shared-dma-pool";
                            reusable;
                            reg = <0x82000000 0x400000>;
                        };
                    };
                    codec { dmaheap,master = "codec"; dmaheap,endpoint = <1>; };
                    firmware {
                        optee {
                            compatible = "linaro,optee-tz";
                            method = "smc";
                            memory-region = <&pages>;
                            memory-region-names = "dma";
                            ui {
                                dmaheap,use-case = <2>;
                                dmaheap,minimum-size = <%s>;
                                dmaheap,read-write = "codec";
                            };
                            %s
                        };
                    };
                };
                """.formatted(minimumSize, moreUses);
    }
}
