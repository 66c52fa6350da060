package io.dmaheap.heaps.panthor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The protected memory of the GPU on the emulated board. */
@ExtendWith(NoLeaks.class)
class GpuHeapTests {
    private static final long MIB = 1 << 20;
    private static final String NAME = "protected@66000000";

    private final Emulator board = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(board);

    @TempDir
    Path directory;

    @Test
    void theHeapIsNamedAfterTheRegionThatTheGpusNodeNames() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow()) {
            assertThat(heap.traits().protection()).contains(new Protection(Protection.Kind.INACCESSIBLE, "gpu"));
            assertThat(heap.info().plugin()).isEqualTo("heaps-panthor");
            assertThat(heap.info().total()).hasValue(16 * MIB);
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void theGpuAloneReachesItsBuffers() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow();
                var buffer = heap.allocate(MIB)) {
            assertThat(buffer.accessList()).contains(AccessList.of("gpu", Access.READ_WRITE));
            assertThat(buffer.canAccess("gpu", Access.READ_WRITE)).isEqualTo(Answer.YES);
            for (String other : new String[] {"cpu", "decoder", "display", "tee"}) {
                assertThat(buffer.canAccess(other, Access.READ)).isEqualTo(Answer.NO);
            }
        }
    }

    @Test
    void onlyThePagesOfABufferAreTakenFromTheNormalWorldAndTheyComeBackCleared() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow()) {
            var region = platform.region(NAME);
            try (var buffer = heap.allocate(MIB)) {
                DeviceBytes.write(heaps.device("gpu").orElseThrow(), buffer, "shader");
                assertThatThrownBy(() -> region.take(0, AllocationRequest.of(4096)))
                        .hasMessageContaining("lent");
                region.take(MIB, AllocationRequest.of(MIB)).release();
            }
            region.take(0, AllocationRequest.of(16 * MIB)).release();
            try (var next = heap.allocate(MIB)) {
                assertThat(DeviceBytes.read(heaps.device("gpu").orElseThrow(), next, 6))
                        .isEqualTo("\0".repeat(6));
            }
        }
    }

    /** As the heap that the normal world has on the same region allocates it. */
    @Test
    void anOrdinaryBufferInTheRegionIsSteppedOver() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow()) {
            var ordinary = platform.region(NAME).take(0, AllocationRequest.of(4096));
            heap.allocate(MIB).close();
            ordinary.release();
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void buffersLieWhereACmaHeapWouldPutThem() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow()) {
            board.faults().pin(0x6600_0000L, 4096);
            try (var _ = heap.allocate(8 * MIB)) {
                assertThat(heap.info().free()).hasValue(8 * MIB);
            }
            assertThatThrownBy(() -> heap.allocate(16 * MIB))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                    .hasMessageContaining("16777216 are free")
                    .hasMessageContaining("pinned");
            assertThatThrownBy(() -> heap.allocate(17 * MIB)).hasMessageContaining("too small");
            board.faults().unpin(0x6600_0000L);
            heap.allocate(16 * MIB).close();
        }
    }

    @Test
    void aBusyPlaceIsSteppedOver() {
        try (var heaps = platform.open();
                var heap = heaps.find(NAME).orElseThrow()) {
            board.faults().fail(FaultPoint.MIGRATE, 1);
            heap.allocate(MIB).close();
            assertThat(board.faults().passages(FaultPoint.MIGRATE)).isEqualTo(2);
        }
    }

    @Test
    void twoDevicesThatNameOneRegionShareItAndARegionThatIsNotThereIsReported() throws IOException {
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
                    };
                    gpu { dmaheap,master = "gpu"; protected-heap-name = "scratch@82000000"; };
                    npu { dmaheap,master = "npu"; protected-heap-name = "scratch@82000000"; };
                    isp { dmaheap,master = "isp"; protected-heap-name = "nowhere@1000"; };
                };
                """);
        try (var heaps = Heaps.open(HeapsOptions.defaults(), Emulator.with(Map.of("board", tree.toString())));
                var heap = heaps.find("scratch@82000000").orElseThrow();
                var buffer = heap.allocate(4096)) {
            assertThat(buffer.accessList())
                    .contains(new AccessList(Map.of("gpu", Access.READ_WRITE, "npu", Access.READ_WRITE)));
            assertThat(heaps.find("nowhere@1000")).isEmpty();
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
                assertThat(problem.subject()).isEqualTo("nowhere@1000");
                assertThat(problem.message()).contains("isp", "no CMA region of that name");
            });
        }
    }
}
