package io.dmaheap.heaps.cma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Problem;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heaps that the emulated board's regions make. */
@ExtendWith(NoLeaks.class)
class EmulatedAreasTests {
    private static final long MIB = 1 << 20;
    private static final String VIDEO = "video@68000000";

    @TempDir
    Path directory;

    private static Heaps standardBoard() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }

    private Heaps board(String policy) throws IOException {
        Path file = Files.writeString(directory.resolve("board.policy"), policy);
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator").withPolicy(file));
    }

    @Test
    void everyAreaOfTheBoardIsOneHeap() {
        try (var heaps = standardBoard()) {
            assertThat(heaps.heaps())
                    .extracting(HeapInfo::name)
                    .contains("default_cma_region", VIDEO, "camera@64000000")
                    .as("what is named for its protection is no ordinary memory")
                    .doesNotContain("protected@66000000")
                    .doesNotContain("linux,cma", "display-pool@67000000", "restricted-cma@60000000");
        }
    }

    @Test
    void anAreaThatIsDescribedWrongIsAProblemOfItsNodeAndTheOthersWork() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x4000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        closed@82000000 { compatible = "shared-dma-pool"; reusable; no-map; reg = <0x82000000 0x400000>; };
                        video@83000000 { compatible = "shared-dma-pool"; reusable; reg = <0x83000000 0x400000>; };
                    };
                };
                """);
        try (var heaps = board("platform.emulator.board = " + tree + "\n");
                var video = heaps.find("video@83000000").orElseThrow()) {
            assertThat(heaps.find("closed@82000000")).isEmpty();
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.FAULTY_DESCRIPTION);
                assertThat(problem.subject()).isEqualTo("/reserved-memory/closed@82000000");
                assertThat(problem.message()).isEqualTo("reusable and no-map exclude each other");
                assertThat(problem.hint()).isEqualTo("Drop one of the two");
            });
            assertThat(heaps.memoryMap().flaws()).hasSize(1);
            video.allocate(4096).close();
        }
    }

    @Test
    void aRegionThatADeviceTakesProtectedMemoryFromIsNoOrdinaryMemoryWhateverItsName() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x4000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        scratch@82000000 { compatible = "shared-dma-pool"; reusable; reg = <0x82000000 0x400000>; };
                        video@83000000 { compatible = "shared-dma-pool"; reusable; reg = <0x83000000 0x400000>; };
                    };
                    gpu { dmaheap,master = "gpu"; protected-heap-name = "scratch@82000000"; };
                };
                """);
        try (var heaps = board("platform.emulator.board = " + tree + "\n")) {
            assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("video@83000000");
        }
    }

    @Test
    void aRegionWhosePagesCannotBeMovedNowIsSearchedFurther() {
        var board = Emulator.standard();
        try (var heaps = Heaps.open(HeapsOptions.defaults(), board);
                var heap = heaps.find(VIDEO).orElseThrow()) {
            board.faults().fail(FaultPoint.MIGRATE, 1);
            board.faults().cost(FaultPoint.MIGRATE, Duration.ofNanos(500));
            try (var _ = heap.allocate(31 * MIB)) {
                assertThat(heap.info().free()).hasValue(MIB);
            }
            assertThat(board.clock().now())
                    .as("two attempts of 31 MiB")
                    .isEqualTo(Duration.ofNanos(2 * 31 * 256 * 500));
            board.faults().fail(FaultPoint.MIGRATE);
            assertThat(assertOutOfMemory(heap, MIB)).hasMessageContaining("cannot be moved");
            assertThat(heap.info().free()).hasValue(32 * MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux,cma", "reserved", "default_cma_region"})
    void theDefaultAreaAnswersToAllItsNames(String name) {
        try (var heaps = standardBoard();
                var heap = heaps.find(name).orElseThrow()) {
            assertThat(heap.name()).isEqualTo("default_cma_region");
            assertThat(heap.info().total()).hasValue(128 * MIB);
        }
    }

    @Test
    void aDefaultAreaWithANameOfItsOwnIsOneAreaUnderTwoNames() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x4000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        pool@82000000 {
                            compatible = "shared-dma-pool";
                            reusable;
                            linux,cma-default;
                            reg = <0x82000000 0x400000>;
                        };
                    };
                };
                """);
        try (var heaps = board("platform.emulator.board = " + tree + "\n");
                var one = heaps.find("default_cma_region").orElseThrow();
                var other = heaps.find("pool@82000000").orElseThrow();
                var _ = one.allocate(3 * MIB)) {
            assertThat(other.info().free()).hasValue(MIB);
            assertThatThrownBy(() -> other.allocate(2 * MIB)).hasMessageContaining("1048576 are free");
        }
    }

    @Test
    void theStatusTellsWhatIsFree() {
        try (var heaps = standardBoard();
                var heap = heaps.find(VIDEO).orElseThrow()) {
            assertThat(heap.info().total()).hasValue(32 * MIB);
            try (var _ = heap.allocate(3 * MIB)) {
                assertThat(heap.info().free()).hasValue(29 * MIB);
            }
            assertThat(heap.info().free()).hasValue(32 * MIB);
        }
    }

    @Test
    void aFullAreaSaysWhoHoldsIt() {
        try (var heaps = standardBoard();
                var heap = heaps.find(VIDEO).orElseThrow();
                var named = heap.allocate(AllocationRequest.of(20 * MIB));
                var _ = heap.allocate(AllocationRequest.of(8 * MIB).withClient("camera-server"))) {
            named.setName("preview");
            var refusal = assertOutOfMemory(heap, 6 * MIB);
            assertThat(refusal)
                    .hasMessageContaining("of its 33554432 bytes 4194304 are free")
                    .hasMessageContaining("the largest free run has 4194304")
                    .hasMessageContaining("held by preview 20971520, camera-server 8388608")
                    .hasMessageContaining("Close buffers");
        }
    }

    @Test
    void freeMemoryInPiecesIsToldFromTooLittle() {
        try (var heaps = standardBoard();
                var heap = heaps.find(VIDEO).orElseThrow()) {
            List<DmaBuf> buffers = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                buffers.add(heap.allocate(MIB));
            }
            for (int i = 0; i < 32; i += 2) {
                buffers.get(i).close();
            }
            assertThat(assertOutOfMemory(heap, 2 * MIB))
                    .hasMessageContaining("16777216 are free")
                    .hasMessageContaining("the largest free run has 1048576")
                    .hasMessageContaining("in pieces");
            buffers.forEach(DmaBuf::close);
            heap.allocate(32 * MIB).close();
        }
    }

    @Test
    void onlySomeOfManyHoldersAreNamed() {
        try (var heaps = standardBoard();
                var heap = heaps.find(VIDEO).orElseThrow()) {
            List<DmaBuf> buffers = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                buffers.add(heap.allocate(AllocationRequest.of(MIB).withName("user" + i)));
            }
            assertThat(assertOutOfMemory(heap, 32 * MIB))
                    .hasMessageContaining("user4 1048576 and 2 more")
                    .message()
                    .doesNotContain("user5");
            buffers.forEach(DmaBuf::close);
        }
    }

    @Test
    void pinnedPagesAreSteppedOver() throws IOException {
        try (var heaps = board("platform.emulator.pinned = 0x68000000+4K\n");
                var heap = heaps.find(VIDEO).orElseThrow();
                var _ = heap.allocate(31 * MIB)) {
            assertThat(heap.info().free()).hasValue(MIB);
        }
    }

    @Test
    void plentyOfFreeMemoryIsNoUseWhereEveryPlaceHasAPinnedPage() throws IOException {
        try (var heaps = board("platform.emulator.pinned = 0x69000000+4K\n");
                var heap = heaps.find(VIDEO).orElseThrow()) {
            assertThat(assertOutOfMemory(heap, 17 * MIB))
                    .hasMessageContaining("33554432 are free")
                    .hasMessageContaining("places hold pages that cannot be moved")
                    .hasMessageContaining("pin");
            assertThat(heap.info().free()).hasValue(32 * MIB);
            heap.allocate(16 * MIB).close();
        }
    }

    @Test
    void threadsThatShareAnAreaNeverGetMoreThanThereIs() throws Exception {
        try (var heaps = standardBoard();
                var heap = heaps.find("camera@64000000").orElseThrow();
                var executor = Executors.newFixedThreadPool(8)) {
            Callable<Integer> work = () -> {
                int refused = 0;
                for (int i = 0; i < 25; i++) {
                    try (var _ = heap.allocate(3 * MIB);
                            var _ = heap.allocate(2 * MIB)) {
                        assertThat(heap.info().free().getAsLong()).isBetween(0L, 27 * MIB);
                    } catch (HeapException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                        refused++;
                    }
                }
                return refused;
            };
            for (Future<Integer> result : executor.invokeAll(Collections.nCopies(8, work), 1, TimeUnit.MINUTES)) {
                assertThat(result.get(30, TimeUnit.SECONDS)).isBetween(0, 25);
            }
            assertThat(heap.info().free()).hasValue(32 * MIB);
            heap.allocate(32 * MIB).close();
        }
    }

    private static HeapException assertOutOfMemory(Heap heap, long size) {
        var refusal = new HeapException[1];
        assertThatThrownBy(() -> heap.allocate(size)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(e.heap()).contains(heap.name());
            assertThat(e.errno()).contains("ENOMEM");
            refusal[0] = e;
        });
        return refusal[0];
    }
}
