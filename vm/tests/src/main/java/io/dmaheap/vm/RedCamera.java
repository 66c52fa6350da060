package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.drivers.PixelFormat;
import io.dmaheap.drivers.VideoCapture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;

/** A camera of vivid before a red wall: its frames are known to the last pixel. */
public final class RedCamera implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int TEST_PATTERN = 0x00F0F000;
    private static final int PATTERN_RED = 7;
    private static final int OSD_TEXT_MODE = 0x00F0F001;
    private static final int OSD_NONE = 2;
    private static final int RED_XR24 = 0x00FF0000;

    private final VideoCapture capture;
    private final PixelFormat format;

    /** Owns the capture device from now on. */
    public RedCamera(VideoCapture capture) {
        this.capture = capture;
        this.format = capture.setFormat(640, 360, PixelFormat.fourcc("XR24"));
        capture.setControl(TEST_PATTERN, PATTERN_RED);
        capture.setControl(OSD_TEXT_MODE, OSD_NONE);
    }

    /** The device, to be misused. */
    public VideoCapture capture() {
        return capture;
    }

    /** The bytes of a frame. */
    public int frameSize() {
        return format.sizeImage();
    }

    /** Captures frames into the buffers in turn, and looks at every pixel. */
    public void captureRed(int frames, DmaBuf... buffers) {
        capture.start(List.of(buffers));
        for (int count = 0; count < frames; count++) {
            VideoCapture.Frame frame = capture.dequeue(LONG).orElseThrow();
            assertThat(frame.bytesUsed()).isEqualTo(format.sizeImage());
            assertThat(frame.damaged()).isFalse();
            assertAllRed(buffers[frame.index()]);
            capture.queue(frame.index());
        }
        capture.stop();
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

    @Override
    public void close() {
        capture.close();
    }
}
