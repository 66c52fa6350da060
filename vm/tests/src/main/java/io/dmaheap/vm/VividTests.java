package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.drivers.PixelFormat;
import io.dmaheap.drivers.VideoCapture;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int TEST_PATTERN = 0x00F0F000;
    private static final int PATTERN_RED = 7;
    private static final int OSD_TEXT_MODE = 0x00F0F001;
    private static final int OSD_NONE = 2;
    private static final int RED_XR24 = 0x00FF0000;

    private Heaps heaps;
    private Heap heap;
    private VideoCapture camera;
    private PixelFormat format;

    @BeforeEach
    void open() {
        heaps = Heaps.open();
        heap = heaps.find("system").orElseThrow();
        camera = VideoCapture.open("vivid").orElseThrow(() -> new AssertionError("vivid is not there"));
        format = camera.setFormat(640, 360, PixelFormat.fourcc("XR24"));
        camera.setControl(TEST_PATTERN, PATTERN_RED);
        camera.setControl(OSD_TEXT_MODE, OSD_NONE);
    }

    @AfterEach
    void close() {
        camera.close();
        heap.close();
        heaps.close();
    }

    @Test
    void aRedFrameArrivesInABufferOfTheHeap() {
        assertThat(format.sizeImage()).isEqualTo(640 * 360 * 4);
        try (DmaBuf first = heap.allocate(format.sizeImage());
                DmaBuf second = heap.allocate(format.sizeImage())) {
            List<DmaBuf> buffers = List.of(first, second);
            camera.start(buffers);
            for (int count = 0; count < 3; count++) {
                VideoCapture.Frame frame = camera.dequeue(LONG).orElseThrow();
                assertThat(frame.bytesUsed()).isEqualTo(format.sizeImage());
                assertThat(frame.damaged()).isFalse();
                assertAllRed(buffers.get(frame.index()));
                camera.queue(frame.index());
            }
            camera.stop();
        }
    }

    private void assertAllRed(DmaBuf buffer) {
        try (CpuAccess access = buffer.read()) {
            MemorySegment pixels = access.segment();
            for (int line = 0; line < format.height(); line++) {
                for (int column = 0; column < format.width(); column++) {
                    long at = (long) line * format.bytesPerLine() + 4L * column;
                    int pixel = pixels.get(ValueLayout.JAVA_INT_UNALIGNED, at) & 0x00FFFFFF;
                    if (pixel != RED_XR24) {
                        throw new AssertionError("pixel " + column + "," + line + " is " + Integer.toHexString(pixel));
                    }
                }
            }
        }
    }

    @Test
    void aBufferThatIsTooSmallIsRefusedAndNothingStaysQueued() {
        try (DmaBuf small = heap.allocate(4096);
                DmaBuf other = heap.allocate(4096);
                DmaBuf first = heap.allocate(format.sizeImage());
                DmaBuf second = heap.allocate(format.sizeImage())) {
            var e = catchThrowableOfType(HeapException.class, () -> camera.start(List.of(small, other)));
            assertThat(e.errno()).contains("EINVAL");
            assertThat(e.operation()).contains("VIDIOC_QBUF");
            camera.start(List.of(first, second));
            assertThat(camera.dequeue(LONG)).isPresent();
            camera.stop();
        }
    }

    @Test
    void aCameraThatIsNotStartedHasNoFrame() {
        try (DmaBuf first = heap.allocate(format.sizeImage());
                DmaBuf second = heap.allocate(format.sizeImage())) {
            camera.start(List.of(first, second));
            camera.stop();
            var e = catchThrowableOfType(HeapException.class, () -> camera.dequeue(Duration.ofMillis(100)));
            assertThat(e.operation()).contains("VIDIOC_DQBUF");
        }
    }
}
