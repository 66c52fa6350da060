package io.dmaheap.linux.dmabuf;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.UdmabufHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The device that makes dma-bufs out of memfds (drivers/dma-buf/udmabuf.c). Opened when first needed and kept open; where it cannot
 * be opened it stays that way, so that the answer does not change between two buffers.
 *
 * <p>Safe for use by several threads.
 */
public final class Udmabuf implements AutoCloseable {
    /** Its node. */
    public static final String NODE = "/dev/udmabuf";

    private static final int NOT_TRIED = Integer.MIN_VALUE;

    private final Libc libc;
    private int device = NOT_TRIED;

    /** Opens nothing yet. */
    public Udmabuf(Libc libc) {
        this.libc = libc;
    }

    /**
     * Makes a dma-buf of a whole memfd, which must have {@code F_SEAL_SHRINK} and must not have {@code F_SEAL_WRITE}. Its pages are
     * pinned from now on.
     *
     * @return a new descriptor, close-on-exec, or {@code -errno}: that of opening the node, {@code EINVAL} for a wrong seal or a
     *     size above {@code /sys/module/udmabuf/parameters/size_limit_mb}, {@code EBADFD} for something else than a memfd
     */
    public synchronized int create(int memfd, long size) {
        if (device == NOT_TRIED) {
            device = libc.open(NODE, FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
        }
        if (device < 0) {
            return device;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(UdmabufHeader.CREATE_DATA);
            UdmabufHeader.MEMFD.set(data, 0L, memfd);
            UdmabufHeader.FLAGS.set(data, 0L, UdmabufHeader.UDMABUF_FLAGS_CLOEXEC);
            UdmabufHeader.SIZE.set(data, 0L, size);
            return Ioctl.call(libc, device, UdmabufHeader.UDMABUF_CREATE, data);
        }
    }

    /** Closes the device; dma-bufs that it made live on. */
    @Override
    public synchronized void close() {
        if (device >= 0) {
            SharedFd.close(libc, device);
        }
        device = -Errno.ENODEV;
    }
}
