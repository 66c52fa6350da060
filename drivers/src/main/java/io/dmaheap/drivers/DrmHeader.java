package io.dmaheap.drivers;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** The parts of {@code drm/drm.h} and {@code drm/vgem_drm.h} that importing and fencing take. */
final class DrmHeader {
    static final int DRM_CLOEXEC = 0x80000;
    static final int DRM_RDWR = 2;
    static final int VGEM_FENCE_WRITE = 1;

    /** {@code struct drm_version}. */
    static final StructLayout VERSION = MemoryLayout.structLayout(
            JAVA_INT.withName("version_major"),
            JAVA_INT.withName("version_minor"),
            JAVA_INT.withName("version_patchlevel"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("name_len"),
            ADDRESS.withName("name"),
            JAVA_LONG.withName("date_len"),
            ADDRESS.withName("date"),
            JAVA_LONG.withName("desc_len"),
            ADDRESS.withName("desc"));

    static final VarHandle NAME_LEN = field(VERSION, "name_len");
    static final VarHandle NAME = field(VERSION, "name");

    /** {@code struct drm_gem_close}. */
    static final StructLayout GEM_CLOSE =
            MemoryLayout.structLayout(JAVA_INT.withName("handle"), JAVA_INT.withName("pad"));

    static final VarHandle CLOSE_HANDLE = field(GEM_CLOSE, "handle");

    /** {@code struct drm_prime_handle}. */
    static final StructLayout PRIME_HANDLE =
            MemoryLayout.structLayout(JAVA_INT.withName("handle"), JAVA_INT.withName("flags"), JAVA_INT.withName("fd"));

    static final VarHandle PRIME_HANDLE_HANDLE = field(PRIME_HANDLE, "handle");
    static final VarHandle PRIME_FLAGS = field(PRIME_HANDLE, "flags");
    static final VarHandle PRIME_FD = field(PRIME_HANDLE, "fd");

    /** {@code struct drm_vgem_fence_attach}. */
    static final StructLayout VGEM_FENCE_ATTACH = MemoryLayout.structLayout(
            JAVA_INT.withName("handle"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("out_fence"),
            JAVA_INT.withName("pad"));

    static final VarHandle ATTACH_HANDLE = field(VGEM_FENCE_ATTACH, "handle");
    static final VarHandle ATTACH_FLAGS = field(VGEM_FENCE_ATTACH, "flags");
    static final VarHandle ATTACH_OUT_FENCE = field(VGEM_FENCE_ATTACH, "out_fence");

    /** {@code struct drm_vgem_fence_signal}. */
    static final StructLayout VGEM_FENCE_SIGNAL =
            MemoryLayout.structLayout(JAVA_INT.withName("fence"), JAVA_INT.withName("flags"));

    static final VarHandle SIGNAL_FENCE = field(VGEM_FENCE_SIGNAL, "fence");

    static final long DRM_IOCTL_VERSION = Ioctl.iowr('d', 0x00, VERSION);
    static final long DRM_IOCTL_GEM_CLOSE = Ioctl.iow('d', 0x09, GEM_CLOSE);
    static final long DRM_IOCTL_PRIME_HANDLE_TO_FD = Ioctl.iowr('d', 0x2d, PRIME_HANDLE);
    static final long DRM_IOCTL_PRIME_FD_TO_HANDLE = Ioctl.iowr('d', 0x2e, PRIME_HANDLE);
    static final long DRM_IOCTL_VGEM_FENCE_ATTACH = Ioctl.iowr('d', 0x41, VGEM_FENCE_ATTACH);
    static final long DRM_IOCTL_VGEM_FENCE_SIGNAL = Ioctl.iow('d', 0x42, VGEM_FENCE_SIGNAL);

    private DrmHeader() {}
}
