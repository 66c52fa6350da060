package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Choice;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Need;
import io.dmaheap.Usage;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel promises importers of a dma-buf (include/linux/dma-buf.h), kept between the heaps and devices of the board. */
@ExtendWith(NoLeaks.class)
class ImporterTests {
    private static final int FRAME = 3_133_440;

    private final Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));

    @AfterEach
    void nothingIsHeldInTheEnd() {
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
    }

    private DmaBuf frameFrom(String name) {
        try (var heap = heaps.find(name).orElseThrow()) {
            return heap.allocate(FRAME);
        }
    }

    private Device device(String name) {
        return heaps.device(name).orElseThrow();
    }

    @Test
    void aCameraWritesWhatTheEncoderAndTheCpuRead() {
        try (var frame = frameFrom("camera@64000000");
                var camera = device("camera").attach(frame);
                var encoder = device("encoder").attach(frame)) {
            try (var mapping = camera.map(Access.WRITE)) {
                assertThat(mapping.segments()).containsExactly(new Segment(0x6400_0000L, frame.size()));
                mapping.write(FRAME - 4, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
            }
            byte[] seen = new byte[4];
            try (var mapping = encoder.map(Access.READ)) {
                mapping.read(FRAME - 4, MemorySegment.ofArray(seen));
            }
            assertThat(seen).containsExactly(1, 2, 3, 4);
            try (var cpu = frame.read()) {
                assertThat(cpu.segment().get(ValueLayout.JAVA_BYTE, FRAME - 1)).isEqualTo((byte) 4);
            }
        }
    }

    @Test
    void anAttachedBufferLivesOnWhenItsHandleIsClosed() {
        var frame = frameFrom("camera@64000000");
        var attachment = device("camera").attach(frame);
        frame.close();
        assertThat(heaps.usage().buffers()).isEqualTo(1);
        assertThat(heaps.usage().attachments()).isEqualTo(1);
        try (var mapping = attachment.map(Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(new byte[] {1}));
        }
        attachment.close();
        assertThat(heaps.usage().buffers()).isZero();
        try (var heap = heaps.find("camera@64000000").orElseThrow()) {
            assertThat(heap.info().free()).isEqualTo(heap.info().total());
        }
    }

    @Test
    void aBufferIsUnmappedBeforeItIsDetached() {
        try (var frame = frameFrom("camera@64000000")) {
            var attachment = device("camera").attach(frame);
            var mapping = attachment.map(Access.WRITE);
            assertThatIllegalStateException().isThrownBy(attachment::close).withMessageContaining("mapped by camera");
            mapping.close();
            attachment.close();
            attachment.close();
            assertThatIllegalStateException().isThrownBy(() -> attachment.map(Access.WRITE));
            assertThatIllegalStateException().isThrownBy(mapping::segments);
        }
    }

    @Test
    void aRefusedDeviceHoldsNothing() {
        try (var frame = frameFrom("system")) {
            assertThatThrownBy(() -> device("camera").attach(frame))
                    .isInstanceOfSatisfying(HeapException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(ErrorCode.INCOMPATIBLE_DEVICE);
                        assertThat(refusal.errno()).contains("EBUSY");
                    });
            assertThat(heaps.usage().attachments()).isZero();
        }
    }

    @Test
    void aClosedHandleCannotBeAttached() {
        var frame = frameFrom("system");
        frame.close();
        assertThatIllegalStateException().isThrownBy(() -> device("gpu").attach(frame));
    }

    @ParameterizedTest
    @CsvSource({"camera, NO", "display, NO", "npu, NO", "gpu, YES", "decoder, YES"})
    void whoCanUseScatteredMemoryIsToldBeforehand(String device, Answer answer) {
        try (var frame = frameFrom("system")) {
            assertThat(frame.canAccess(device, Access.READ_WRITE)).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"camera, camera@64000000", "decoder, video@68000000", "encoder, video@68000000"})
    void aBufferForADeviceComesFromTheRegionThatIsSetAsideForIt(String device, String heap) {
        try (Choice choice = heaps.choose(Need.any().ofSize(FRAME).usedBy(device));
                var frame = choice.allocate(AllocationRequest.of(FRAME));
                var _ = device(device).attach(frame)) {
            assertThat(frame.info().heap()).contains(heap);
            assertThat(choice.trace())
                    .anySatisfy(candidate -> assertThat(candidate.reason()).contains("set aside for " + device));
        }
    }

    @Test
    void aBufferForSeveralDevicesSuitsThemAll() {
        try (Choice choice = heaps.choose(Need.any().ofSize(FRAME).usedBy("gpu", "display"));
                var frame = choice.allocate(AllocationRequest.of(FRAME));
                var _ = device("gpu").attach(frame);
                var _ = device("display").attach(frame)) {
            assertThat(choice.trace()).anySatisfy(candidate -> {
                assertThat(candidate.heap()).isEqualTo("system");
                assertThat(candidate.reason())
                        .contains("display can never use this memory: it needs contiguous memory, and this is in ");
            });
        }
    }

    @Test
    void theDefaultRegionIsSetAsideUnderTheNameOfItsHeap(@TempDir Path directory) throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x10000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        pool: linux,cma {
                            compatible = "shared-dma-pool";
                            reusable;
                            linux,cma-default;
                            reg = <0x84000000 0x1000000>;
                        };
                        another: another@86000000 {
                            compatible = "shared-dma-pool";
                            reusable;
                            reg = <0x86000000 0x1000000>;
                        };
                    };
                    scaler { memory-region = <&pool>; };
                };
                """);
        Path policy = Files.writeString(directory.resolve("board.policy"), "platform.emulator.board = " + tree + "\n");
        try (var board = Heaps.open(
                        HeapsOptions.defaults().withPlatform("emulator").withPolicy(policy));
                var choice = board.choose(Need.any().usedBy("scaler"));
                var heap = choice.open()) {
            assertThat(heap.name()).isEqualTo("default_cma_region");
        }
    }
}
