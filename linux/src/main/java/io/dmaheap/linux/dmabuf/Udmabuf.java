package io.dmaheap.linux.dmabuf;

import io.dmaheap.linux.libc.CallFrame;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.UdmabufHeader;
import java.lang.foreign.MemorySegment;

/**
 * The device that makes dma-bufs out of memfds (drivers/dma-buf/udmabuf.c). Opened when first needed and kept open.
 *
 * <p>Safe for use by several threads.
 */
public final class Udmabuf implements AutoCloseable {
    /** Its node. */
    public static final String NODE = "/dev/udmabuf";

    private static final int NOT_OPEN = -1;

    private final Libc libc;
    private int device = NOT_OPEN;
    private int refusal;

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
        if (refusal < 0) {
            return refusal;
        }
        if (device == NOT_OPEN) {
            int result = libc.open(NODE, FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
            if (result < 0) {
                // Remembered, so that the answer does not change between two buffers of one platform.
                refusal = cannotBeUsed(result) ? result : 0;
                return result;
            }
            device = result;
        }
        return create(libc, device, memfd, size);
    }

    /** As {@link #create(int, long)}, with a device that the caller has opened. */
    public static int create(Libc libc, int device, int memfd, long size) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = frame.struct();
            UdmabufHeader.MEMFD.set(data, 0L, memfd);
            UdmabufHeader.FLAGS.set(data, 0L, UdmabufHeader.UDMABUF_FLAGS_CLOEXEC);
            UdmabufHeader.OFFSET.set(data, 0L, 0L);
            UdmabufHeader.SIZE.set(data, 0L, size);
            return Ioctl.call(libc, device, UdmabufHeader.UDMABUF_CREATE, data);
        }
    }

    /** Whether a result of {@link #create} means that there is no udmabuf for this buffer, instead of a failure. */
    public static boolean cannotBeUsed(int result) {
        return switch (-result) {
            case Errno.ENOENT, Errno.EACCES, Errno.EPERM, Errno.ENXIO, Errno.ENODEV, Errno.EINVAL -> true;
            default -> false;
        };
    }

    /** Closes the device; dma-bufs that it made live on. */
    @Override
    public synchronized void close() {
        if (device != NOT_OPEN) {
            SharedFd.close(libc, device);
            device = NOT_OPEN;
        }
        refusal = -Errno.ENODEV;
    }
}
