package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.MemoryArea;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.MemoryRegion.Kind;
import io.dmaheap.spi.Platform;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class BoardRegionTests {
    private static final AllocationRequest MEGABYTE = AllocationRequest.of(1 << 20);
    private static final String VIDEO = "video@68000000";

    private final Platform board = new EmulatorPlatformProvider().open(Map.of("pinned", "0x69000000+4K 0x50000000+4K"));

    @AfterEach
    void close() {
        board.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "linux,cma CMA ''",
                "video@68000000 CMA ''",
                "protected@66000000 STANDALONE_CMA ''",
                "display-pool@67000000 COHERENT ''",
                "npu-bounce@67100000 BOUNCE ''",
                "optee@53000000 CARVEOUT ''",
                "restricted-cma@60000000 CARVEOUT mediatek,dynamic-restricted-region",
                "sdp@52000000 CARVEOUT linaro,restricted-heap"
            })
    void aRegionSaysWhatItIsFor(String name, Kind kind, String compatible) {
        assertThat(region(board, name).kind()).isEqualTo(kind);
        assertThat(region(board, name).compatible()).isEqualTo(compatible);
        assertThat(region(board, name).isDefault()).isEqualTo(name.equals("linux,cma"));
    }

    @Test
    void aVendorFindsItsRegionByTheCompatibleOfTheNode(@TempDir Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("vendor.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <2>;
                    #size-cells = <2>;
                    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x40000000>; };
                    reserved-memory {
                        #address-cells = <2>;
                        #size-cells = <2>;
                        ranges;
                        vault@90000000 { compatible = "acme,vault-2", "acme,vault"; reg = <0 0x90000000 0 0x100000>; no-map; };
                    };
                };
                """);
        try (Platform vendor = new EmulatorPlatformProvider().open(Map.of("board", source.toString()))) {
            assertThat(region(vendor, "vault@90000000").compatible()).isEqualTo("acme,vault-2");
            assertThat(vendor.memoryMap().areas())
                    .filteredOn(area -> area.name().equals("vault@90000000"))
                    .extracting(MemoryArea::compatible)
                    .containsExactly("acme,vault-2");
        }
    }

    @Test
    void aVendorReadsThePropertiesOfTheNode(@TempDir Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("vendor.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <2>;
                    #size-cells = <2>;
                    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x40000000>; };
                    reserved-memory {
                        #address-cells = <2>;
                        #size-cells = <2>;
                        ranges;
                        vault@90000000 {
                            compatible = "acme,vault";
                            reg = <0 0x90000000 0 0x100000>;
                            no-map;
                            acme,granule = <0x10000 7>;
                            acme,use = "secure-video";
                        };
                    };
                };
                """);
        try (Platform vendor = new EmulatorPlatformProvider().open(Map.of("board", source.toString()))) {
            var vault = region(vendor, "vault@90000000");
            var granule = vault.property("acme,granule").orElseThrow();
            assertThat(granule.isReadOnly()).isTrue();
            assertThat(granule.getInt()).isEqualTo(0x10000);
            assertThat(granule.getInt()).isEqualTo(7);
            assertThat(granule.hasRemaining()).isFalse();
            var use =
                    StandardCharsets.US_ASCII.decode(vault.property("acme,use").orElseThrow());
            assertThat(use.toString()).isEqualTo("secure-video\0");
            assertThat(vault.property("no-map"))
                    .hasValueSatisfying(
                            value -> assertThat(value.hasRemaining()).isFalse());
            assertThat(vault.property("acme,colour")).isEmpty();
        }
    }

    @Test
    void regionsComeByName() {
        assertThat(board.regions()).extracting(MemoryRegion::name).isSorted();
    }

    /** Another heap on the same region may have better luck with the next place. */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertBusy(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.errno()).contains("EBUSY"));
    }

    @Test
    void whatIsTakenCannotBeTakenTwiceUntilItIsReleased() {
        var region = region(board, VIDEO);
        var memory = region.take(0, MEGABYTE.withName("preview"));
        assertBusy(() -> region.take((1 << 20) - 4096, AllocationRequest.of(8192)))
                .hasMessageContaining("0x68000000-0x68100000 (video@68000000, preview)");
        memory.release();
        region.take(0, MEGABYTE).release();
    }

    @Test
    void aRangeInsideOneThatIsTakenIsTakenToo() {
        var region = region(board, VIDEO);
        var memory = region.take(2 << 20, MEGABYTE);
        assertBusy(() -> region.take((2 << 20) + 8192, AllocationRequest.of(4096)));
        assertBusy(() -> region.take((2 << 20) - 4096, AllocationRequest.of(2 << 20)));
        region.take(3 << 20, MEGABYTE).release();
        memory.release();
    }

    @ParameterizedTest
    @CsvSource({
        "-4096, 4096",
        "33554432, 4096",
        "33550336, 8192",
        "0, 33558528",
        "100, 4096",
        "0, 100",
        "0, 0",
        "4096, 9223372036854771712"
    })
    void whatIsNoPartOfTheRegionIsRefused(long offset, long size) {
        var region = region(board, VIDEO);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> region.take(offset, AllocationRequest.of(size)))
                .withMessageContaining(String.valueOf(size));
    }

    @Test
    void pinnedPagesMakeARangeBusy() {
        var region = region(board, VIDEO);
        assertThatThrownBy(() -> region.take((16 << 20) - 4096, AllocationRequest.of(8192)))
                .isInstanceOfSatisfying(HeapException.class, busy -> {
                    assertThat(busy.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                    assertThat(busy.errno()).contains("EBUSY");
                    assertThat(busy).hasMessageContaining("0x69000000-0x69001000");
                });
        region.take((16 << 20) - 8192, AllocationRequest.of(8192)).release();
    }

    @Test
    void nothingIsPinnedWhereOrdinaryPagesNeverAre() {
        region(board, "restricted-cm@50000000").take(0, MEGABYTE).release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void memoryIsZeroedEvenWhereItWasWrittenBefore(String backing) {
        try (var platform = new EmulatorPlatformProvider().open(Map.of("backing", backing))) {
            var region = region(platform, VIDEO);
            for (int round = 0; round < 2; round++) {
                var memory = region.take(0, MEGABYTE);
                var mapping = memory.map(Access.READ_WRITE);
                try (var arena = Arena.ofConfined()) {
                    var bytes = mapping.segment(arena);
                    assertThat(bytes.get(ValueLayout.JAVA_LONG, 4096)).isZero();
                    bytes.set(ValueLayout.JAVA_LONG, 4096, 42);
                }
                mapping.unmap();
                memory.release();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "memfd, restricted-cm@50000000, TOKEN",
        "memfd, secure-video@54000000, TOKEN",
        "memfd, sdp@52000000, TOKEN",
        "plain, sdp@52000000, NONE"
    })
    void theCpuCannotMapWhatIsSetAsideFromIt(String backing, String name, Descriptor descriptor) {
        try (var platform = new EmulatorPlatformProvider().open(Map.of("backing", backing))) {
            var memory = region(platform, name).take(0, MEGABYTE);
            assertThat(memory.info().descriptor()).isEqualTo(descriptor);
            assertThatThrownBy(() -> memory.map(Access.READ))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
            memory.release();
        }
    }

    @Test
    void ordinaryMemoryIsNotTouchedByRegions() {
        long before = board.systemMemory().orElseThrow().status().free().getAsLong();
        var memory = region(board, VIDEO).take(0, MEGABYTE);
        assertThat(board.systemMemory().orElseThrow().status().free()).hasValue(before);
        memory.release();
    }
}
