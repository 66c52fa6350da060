package io.dmaheap.drivers;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Numbers and offsets as a C compiler printed them from the headers of linux 7.3; x86-64 and aarch64 agree. */
class HeaderTests {

    @Test
    void drmNumbersAreThoseOfTheHeader() {
        assertThat(DrmHeader.DRM_IOCTL_VERSION).isEqualTo(0xC0406400L);
        assertThat(DrmHeader.DRM_IOCTL_GEM_CLOSE).isEqualTo(0x40086409L);
        assertThat(DrmHeader.DRM_IOCTL_PRIME_HANDLE_TO_FD).isEqualTo(0xC00C642DL);
        assertThat(DrmHeader.DRM_IOCTL_PRIME_FD_TO_HANDLE).isEqualTo(0xC00C642EL);
        assertThat(DrmHeader.DRM_IOCTL_VGEM_FENCE_ATTACH).isEqualTo(0xC0106441L);
        assertThat(DrmHeader.DRM_IOCTL_VGEM_FENCE_SIGNAL).isEqualTo(0x40086442L);
        assertThat(DrmHeader.VERSION.byteOffset(groupElement("name_len"))).isEqualTo(16);
        assertThat(DrmHeader.VERSION.byteOffset(groupElement("name"))).isEqualTo(24);
        assertThat(DrmHeader.VGEM_FENCE_ATTACH.byteOffset(groupElement("out_fence")))
                .isEqualTo(8);
    }

    @Test
    void videoNumbersAreThoseOfTheHeader() {
        assertThat(V4l2Header.VIDIOC_QUERYCAP).isEqualTo(0x80685600L);
        assertThat(V4l2Header.VIDIOC_S_FMT).isEqualTo(0xC0D05605L);
        assertThat(V4l2Header.VIDIOC_REQBUFS).isEqualTo(0xC0145608L);
        assertThat(V4l2Header.VIDIOC_QBUF).isEqualTo(0xC058560FL);
        assertThat(V4l2Header.VIDIOC_DQBUF).isEqualTo(0xC0585611L);
        assertThat(V4l2Header.VIDIOC_STREAMON).isEqualTo(0x40045612L);
        assertThat(V4l2Header.VIDIOC_STREAMOFF).isEqualTo(0x40045613L);
        assertThat(V4l2Header.VIDIOC_S_CTRL).isEqualTo(0xC008561CL);
        assertThat(V4l2Header.CAPABILITY.byteOffset(groupElement("device_caps")))
                .isEqualTo(88);
        assertThat(V4l2Header.FORMAT.byteOffset(groupElement("sizeimage"))).isEqualTo(28);
        assertThat(V4l2Header.BUFFER.byteOffset(groupElement("sequence"))).isEqualTo(56);
        assertThat(V4l2Header.BUFFER.byteOffset(groupElement("memory"))).isEqualTo(60);
        assertThat(V4l2Header.BUFFER.byteOffset(groupElement("fd"))).isEqualTo(64);
        assertThat(V4l2Header.BUFFER.byteOffset(groupElement("length"))).isEqualTo(72);
    }

    @Test
    void aFourccIsItsCharactersFromLowToHigh() {
        assertThat(PixelFormat.fourcc("XR24")).isEqualTo(0x34325258);
        assertThat(PixelFormat.fourcc("YUYV")).isEqualTo(0x56595559);
        assertThatIllegalArgumentException().isThrownBy(() -> PixelFormat.fourcc("XR2"));
    }
}
