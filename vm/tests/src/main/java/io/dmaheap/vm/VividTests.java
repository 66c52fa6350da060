package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.drivers.VideoCapture;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A camera that writes known pixels into buffers of a heap. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class VividTests {
    private Heaps heaps;
    private Heap heap;
    private RedCamera camera;

    @BeforeEach
    void open() {
        heaps = Heaps.open();
        heap = heaps.find("system").orElseThrow();
        camera = new RedCamera(VideoCapture.open("vivid").orElseThrow(() -> new AssertionError("vivid is not there")));
    }

    @AfterEach
    void close() {
        camera.close();
        heap.close();
        heaps.close();
    }

    @Test
    void aRedFrameArrivesInABufferOfTheHeap() {
        assertThat(camera.frameSize()).isEqualTo(640 * 360 * 4);
        try (DmaBuf first = heap.allocate(camera.frameSize());
                DmaBuf second = heap.allocate(camera.frameSize())) {
            camera.captureRed(3, first, second);
        }
    }

    @Test
    void aBufferThatIsTooSmallIsRefusedAndNothingStaysQueued() {
        try (DmaBuf small = heap.allocate(4096);
                DmaBuf other = heap.allocate(4096);
                DmaBuf first = heap.allocate(camera.frameSize());
                DmaBuf second = heap.allocate(camera.frameSize())) {
            var e = catchThrowableOfType(
                    HeapException.class, () -> camera.capture().start(List.of(small, other)));
            assertThat(e.errno()).contains("EINVAL");
            assertThat(e.operation()).contains("VIDIOC_QBUF");
            camera.captureRed(1, first, second);
        }
    }

    @Test
    void aCameraThatIsNotStartedHasNoFrame() {
        try (DmaBuf first = heap.allocate(camera.frameSize());
                DmaBuf second = heap.allocate(camera.frameSize())) {
            camera.capture().start(List.of(first, second));
            camera.capture().stop();
            var e = catchThrowableOfType(
                    HeapException.class, () -> camera.capture().dequeue(Duration.ofMillis(100)));
            assertThat(e.operation()).contains("VIDIOC_DQBUF");
        }
    }
}
