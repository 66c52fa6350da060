package io.dmaheap.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drivers' side of the conversation, without drivers; {@code vm/tests} has real ones. */
class DriversTests {
    private final ScriptedDriver driver = new ScriptedDriver();

    @TempDir
    Path dev;

    @BeforeEach
    void devices() throws Exception {
        Files.createFile(dev.resolve("card0"));
        Files.createFile(dev.resolve("renderD128"));
        Files.createFile(dev.resolve("video0"));
        Files.createFile(dev.resolve("video10"));
        driver.answer(DrmHeader.DRM_IOCTL_VERSION, version -> {
            ((MemorySegment) DrmHeader.NAME.get(version, 0L)).reinterpret(64).setString(0, "vgem");
            DrmHeader.NAME_LEN.set(version, 0L, 4L);
            return 0;
        });
        driver.answer(DrmHeader.DRM_IOCTL_PRIME_FD_TO_HANDLE, prime -> {
            DrmHeader.PRIME_HANDLE_HANDLE.set(prime, 0L, 7);
            return 0;
        });
        driver.answer(V4l2Header.VIDIOC_QUERYCAP, capability -> {
            capability.setString(0, "vivid");
            V4l2Header.CAPABILITIES.set(capability, 0L, V4l2Header.V4L2_CAP_DEVICE_CAPS);
            V4l2Header.DEVICE_CAPS.set(
                    capability, 0L, V4l2Header.V4L2_CAP_VIDEO_CAPTURE | V4l2Header.V4L2_CAP_STREAMING);
            return 0;
        });
    }

    @Test
    void aCardIsFoundByItsDriverAndRenderNodesComeFirst() {
        try (DrmCard card = DrmCard.open(driver.libc(), dev, "vgem").orElseThrow()) {
            assertThat(card.node()).isEqualTo(dev.resolve("renderD128"));
            assertThat(driver.open).hasSize(1);
        }
        assertThat(DrmCard.open(driver.libc(), dev, "amdgpu")).isEmpty();
        assertThat(driver.open).isEmpty();
    }

    @Test
    void aBufferImportedTwiceIsDroppedOnceAtTheEnd() {
        try (DrmCard card = DrmCard.open(driver.libc(), dev, "vgem").orElseThrow()) {
            GemBuffer one = card.importBuffer(driver.buffer());
            GemBuffer other = card.importBuffer(driver.buffer());
            one.close();
            one.close();
            assertThat(driver.count(DrmHeader.DRM_IOCTL_GEM_CLOSE)).isZero();
            other.close();
            assertThat(driver.count(DrmHeader.DRM_IOCTL_GEM_CLOSE)).isEqualTo(1);
            assertThatIllegalStateException().isThrownBy(() -> one.attachFence(Access.READ));
        }
        assertThat(driver.open).isEmpty();
    }

    @Test
    void whatTheCardRefusesLeavesNothingOpen() {
        try (DrmCard card = DrmCard.open(driver.libc(), dev, "vgem").orElseThrow()) {
            driver.fail(DrmHeader.DRM_IOCTL_PRIME_FD_TO_HANDLE, Errno.EINVAL);
            var e = catchThrowableOfType(HeapException.class, () -> card.importBuffer(driver.buffer()));
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF);
            assertThat(driver.open).hasSize(1);
        }
    }

    @Test
    void anExpiredFenceIsATimeout() {
        try (DrmCard card = DrmCard.open(driver.libc(), dev, "vgem").orElseThrow();
                GemBuffer imported = card.importBuffer(driver.buffer())) {
            driver.fail(DrmHeader.DRM_IOCTL_VGEM_FENCE_SIGNAL, Errno.ETIMEDOUT);
            VgemFence fence = imported.attachFence(Access.WRITE);
            var e = catchThrowableOfType(HeapException.class, fence::signal);
            assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
        }
    }

    @Test
    void aCameraIsFoundByItsDriverInTheOrderOfTheNumbers() {
        try (VideoCapture camera =
                VideoCapture.open(driver.libc(), dev, "vivid").orElseThrow()) {
            assertThat(camera.node()).isEqualTo(dev.resolve("video0"));
        }
        assertThat(VideoCapture.open(driver.libc(), dev, "uvcvideo")).isEmpty();
        assertThat(driver.open).isEmpty();
    }

    @Test
    void aCameraIsOpenedByItsNode() {
        Path node = dev.resolve("video10");
        try (VideoCapture camera = VideoCapture.open(driver.libc(), node)) {
            assertThat(camera.node()).isEqualTo(node);
        }
        driver.answer(V4l2Header.VIDIOC_QUERYCAP, capability -> {
            V4l2Header.CAPABILITIES.set(capability, 0L, V4l2Header.V4L2_CAP_STREAMING);
            return 0;
        });
        var e = catchThrowableOfType(HeapException.class, () -> VideoCapture.open(driver.libc(), node));
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(e).hasMessageContaining("video10");
        assertThat(driver.open).isEmpty();
    }

    @Test
    void aBufferThatTheCameraRefusesGivesAllOthersBack() {
        try (VideoCapture camera =
                VideoCapture.open(driver.libc(), dev, "vivid").orElseThrow()) {
            driver.answer(
                    V4l2Header.VIDIOC_QBUF, buffer -> (int) V4l2Header.INDEX.get(buffer, 0L) == 1 ? -Errno.EFAULT : 0);
            var e = catchThrowableOfType(
                    HeapException.class, () -> camera.start(List.of(driver.buffer(), driver.buffer())));
            assertThat(e.errno()).contains("EFAULT");
            assertThat(e.getMessage()).contains("video0", "buffer 1");
            assertThat(driver.count(V4l2Header.VIDIOC_REQBUFS)).isEqualTo(2);
            assertThat(driver.count(V4l2Header.VIDIOC_STREAMON)).isZero();
            assertThat(driver.open).hasSize(1);
        }
    }

    @Test
    void aFrameTellsItsBufferAndDamage() {
        try (VideoCapture camera =
                VideoCapture.open(driver.libc(), dev, "vivid").orElseThrow()) {
            driver.answer(V4l2Header.VIDIOC_DQBUF, buffer -> {
                V4l2Header.INDEX.set(buffer, 0L, 1);
                V4l2Header.BYTESUSED.set(buffer, 0L, 99);
                V4l2Header.SEQUENCE.set(buffer, 0L, 5);
                V4l2Header.FLAGS.set(buffer, 0L, V4l2Header.V4L2_BUF_FLAG_ERROR);
                return 0;
            });
            assertThat(camera.dequeue(Duration.ofSeconds(1))).contains(new VideoCapture.Frame(1, 99, 5, true));
            driver.fail(V4l2Header.VIDIOC_DQBUF, Errno.EAGAIN);
            assertThat(camera.dequeue(Duration.ofSeconds(1))).isEmpty();
        }
    }
}
