package io.dmaheap.drivers;

import io.dmaheap.Access;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.SharedFd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An open DRM device that imports buffers through PRIME (drivers/gpu/drm/drm_prime.c).
 *
 * <p>Safe for use by several threads. Closing it drops every import and signals every fence that was attached through it.
 */
public final class DrmCard implements AutoCloseable {
    private static final int LONGEST_NAME = 64;

    private final Libc libc;
    private final SharedFd fd;
    private final Path node;
    private final Map<Integer, Integer> imports = new HashMap<>();

    private DrmCard(Libc libc, SharedFd fd, Path node) {
        this.libc = libc;
        this.fd = fd;
        this.node = node;
    }

    /**
     * Opens the first device of a driver. Render nodes are preferred: they need no rights over the display.
     *
     * @param driver the driver's name, such as {@code vgem}
     * @return the device, or empty if no device of that driver can be opened
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} where native calls cannot be made
     */
    public static Optional<DrmCard> open(String driver) {
        return open(NativeAccess.libc(), Path.of("/dev/dri"), driver);
    }

    static Optional<DrmCard> open(Libc libc, Path directory, String driver) {
        for (String kind : new String[] {"renderD", "card"}) {
            for (Path node : DeviceNodes.in(directory, kind)) {
                var fd = new SharedFd(libc, "DRM device");
                int result = libc.open(node.toString(), FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
                if (result < 0) {
                    continue;
                }
                fd.own(result);
                try {
                    if (driver.equals(driverName(libc, result))) {
                        return Optional.of(new DrmCard(libc, fd, node));
                    }
                } catch (RuntimeException | Error e) {
                    fd.close();
                    throw e;
                }
                fd.close();
            }
        }
        return Optional.empty();
    }

    private static String driverName(Libc libc, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(DrmHeader.VERSION);
            MemorySegment name = arena.allocate(LONGEST_NAME);
            DrmHeader.NAME_LEN.set(version, 0L, (long) LONGEST_NAME);
            DrmHeader.NAME.set(version, 0L, name);
            if (Ioctl.call(libc, fd, DrmHeader.DRM_IOCTL_VERSION, version) < 0) {
                return "";
            }
            long length = Math.min(LONGEST_NAME, (long) DrmHeader.NAME_LEN.get(version, 0L));
            return new String(name.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    /** The device node. */
    public Path node() {
        return node;
    }

    /**
     * Imports a buffer: the driver attaches to it and holds a reference until the import is closed.
     *
     * @return the import, which the caller closes
     * @throws HeapException {@link ErrorCode#NOT_A_DMA_BUF} for a buffer whose descriptor is no dma-buf
     */
    public GemBuffer importBuffer(DmaBuf buffer) {
        try (DmaBufFd descriptor = buffer.exportFd();
                Arena arena = Arena.ofConfined()) {
            MemorySegment prime = arena.allocate(DrmHeader.PRIME_HANDLE);
            DrmHeader.PRIME_FD.set(prime, 0L, descriptor.number());
            synchronized (imports) {
                int result = call(DrmHeader.DRM_IOCTL_PRIME_FD_TO_HANDLE, prime);
                if (result == -Errno.EINVAL) {
                    throw Failure.of(
                                    ErrorCode.NOT_A_DMA_BUF,
                                    "DRM_IOCTL_PRIME_FD_TO_HANDLE",
                                    result,
                                    node + " does not take the buffer")
                            .hint("A memfd of the emulator is no dma-buf: /dev/udmabuf makes one of it")
                            .build();
                }
                check("DRM_IOCTL_PRIME_FD_TO_HANDLE", result, node + " does not take the buffer");
                int handle = (int) DrmHeader.PRIME_HANDLE_HANDLE.get(prime, 0L);
                // The kernel gives one handle per buffer, however often it is imported, and forgets it at the first
                // close.
                imports.merge(handle, 1, Integer::sum);
                return new GemBuffer(this, handle);
            }
        }
    }

    void drop(int handle) {
        synchronized (imports) {
            Integer left = imports.computeIfPresent(handle, (_, count) -> count - 1);
            if (left == null || left > 0) {
                return;
            }
            imports.remove(handle);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment close = arena.allocate(DrmHeader.GEM_CLOSE);
                DrmHeader.CLOSE_HANDLE.set(close, 0L, handle);
                check("DRM_IOCTL_GEM_CLOSE", call(DrmHeader.DRM_IOCTL_GEM_CLOSE, close), "cannot drop the import");
            }
        }
    }

    DmaBufFd export(int handle) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment prime = arena.allocate(DrmHeader.PRIME_HANDLE);
            DrmHeader.PRIME_HANDLE_HANDLE.set(prime, 0L, handle);
            DrmHeader.PRIME_FLAGS.set(prime, 0L, DrmHeader.DRM_CLOEXEC | DrmHeader.DRM_RDWR);
            int result = call(DrmHeader.DRM_IOCTL_PRIME_HANDLE_TO_FD, prime);
            check("DRM_IOCTL_PRIME_HANDLE_TO_FD", result, "cannot export the import");
            return SharedFd.owned(libc, (int) DrmHeader.PRIME_FD.get(prime, 0L));
        }
    }

    VgemFence attachFence(int handle, Access access) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attach = arena.allocate(DrmHeader.VGEM_FENCE_ATTACH);
            DrmHeader.ATTACH_HANDLE.set(attach, 0L, handle);
            DrmHeader.ATTACH_FLAGS.set(attach, 0L, access.writes() ? DrmHeader.VGEM_FENCE_WRITE : 0);
            int result = call(DrmHeader.DRM_IOCTL_VGEM_FENCE_ATTACH, attach);
            check("DRM_IOCTL_VGEM_FENCE_ATTACH", result, "the buffer takes no fence");
            return new VgemFence(this, (int) DrmHeader.ATTACH_OUT_FENCE.get(attach, 0L));
        }
    }

    void signalFence(int fence) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment signal = arena.allocate(DrmHeader.VGEM_FENCE_SIGNAL);
            DrmHeader.SIGNAL_FENCE.set(signal, 0L, fence);
            int result = call(DrmHeader.DRM_IOCTL_VGEM_FENCE_SIGNAL, signal);
            if (result == -Errno.ETIMEDOUT) {
                throw Failure.of(
                                ErrorCode.TIMED_OUT,
                                "DRM_IOCTL_VGEM_FENCE_SIGNAL",
                                result,
                                "the fence had expired: vgem lets none stay open for more than 10 s")
                        .build();
            }
            check("DRM_IOCTL_VGEM_FENCE_SIGNAL", result, "cannot signal the fence");
        }
    }

    private int call(long request, MemorySegment argument) {
        return fd.use(number -> Ioctl.call(libc, number, request, argument));
    }

    private static void check(String operation, int result, String what) {
        if (result < 0) {
            throw Failure.of(operation, result, what).build();
        }
    }

    /** Closes the device. Closing twice is harmless. */
    @Override
    public void close() {
        fd.close();
    }
}
