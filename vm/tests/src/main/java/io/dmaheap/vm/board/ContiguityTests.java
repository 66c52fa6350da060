package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.Trait;
import io.dmaheap.drivers.VideoCapture;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.vm.RedCamera;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That a heap's memory is in one piece, shown by a device that maps it for DMA and takes nothing else: the second camera of vivid, which
 * uses {@code videobuf2-dma-contig}.
 */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class ContiguityTests {
    private static final String NAME = "vivid-001-vid-cap";

    private Heaps heaps;
    private RedCamera camera;

    @BeforeEach
    void open() throws IOException {
        heaps = Heaps.open();
        camera = new RedCamera(VideoCapture.open(node()));
    }

    private static Path node() throws IOException {
        try (Stream<Path> devices = Files.list(Path.of("/sys/class/video4linux"))) {
            for (Path device : devices.toList()) {
                if (Files.readString(device.resolve("name")).strip().equals(NAME)) {
                    return Path.of("/dev").resolve(device.getFileName());
                }
            }
        }
        throw new AssertionError(
                "no " + NAME + ": boot with vm/run board --append 'vivid.n_devs=2 vivid.allocators=0,1'");
    }

    @AfterEach
    void close() {
        camera.close();
        heaps.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"default_cma_region", "video@68000000"})
    void theCameraTakesABufferOfAContiguousHeap(String name) {
        try (Heap heap = heaps.find(name).orElseThrow();
                DmaBuf first = heap.allocate(camera.frameSize());
                DmaBuf second = heap.allocate(camera.frameSize())) {
            camera.captureRed(3, first, second);
        }
    }

    @Test
    void theCameraRefusesABufferOfTheSystemHeap() {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf first = heap.allocate(camera.frameSize());
                DmaBuf second = heap.allocate(camera.frameSize())) {
            var e = catchThrowableOfType(
                    HeapException.class, () -> camera.capture().start(List.of(first, second)));
            assertThat(e.errno()).contains("EFAULT");
            assertThat(e.operation()).contains("VIDIOC_QBUF");
        }
    }

    /** What is chosen must not be protected: the kernel would not survive it in this camera. */
    @Test
    void memoryChosenForBeingContiguousIsTaken() {
        try (var choice = heaps.choose(Need.any()
                        .ofSize(camera.frameSize())
                        .require(Trait.CONTIGUOUS)
                        .require(Trait.CPU_ACCESSIBLE));
                DmaBuf first = choice.allocate(AllocationRequest.of(camera.frameSize()));
                DmaBuf second = choice.allocate(AllocationRequest.of(camera.frameSize()))) {
            camera.captureRed(1, first, second);
        }
    }
}
