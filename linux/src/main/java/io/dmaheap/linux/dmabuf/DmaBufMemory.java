package io.dmaheap.linux.dmabuf;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.linux.libc.CallFrame;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A dma-buf that this process holds a descriptor of. It can be released once: the kernel gives the number of a closed descriptor to the
 * next file that is opened, so any use after {@link #release()} throws {@link IllegalStateException} and a second release does nothing
 * but tell.
 */
public final class DmaBufMemory extends OneShotMemory implements ImportedMemory {
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Libc libc;
    private final SharedFd fd;
    private final long size;
    private final Access granted;

    /**
     * Takes ownership of a dma-buf descriptor.
     *
     * @param granted its access mode
     */
    public DmaBufMemory(Libc libc, int fd, long size, Access granted) {
        this(libc, new SharedFd(libc, fd, "memory"), size, granted);
    }

    /** A dma-buf whose descriptor other memory shares, or which is about to get one. */
    public DmaBufMemory(Libc libc, SharedFd fd, long size, Access granted) {
        this.libc = libc;
        this.fd = fd;
        this.size = size;
        this.granted = granted;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void release() {
        if (!fd.release()) {
            releasedAgain();
        }
    }

    @Override
    public MemoryInfo info() {
        return fd.use(number -> {
            FileIdentity identity = FileIdentity.of(libc, number);
            FdInfo told = FdInfo.ofSelf(number);
            return new MemoryInfo(
                    Descriptor.DMA_BUF, identity.device(), identity.inode(), told.exporter(), told.name());
        });
    }

    /** They count for as long as the buffer lives, so not being able to look is a failure here, where {@link #info()} only tells less. */
    @Override
    public Traits traits() {
        return ExporterTraits.of(fd.use(number -> FdInfo.ofSelf(libc, number)).exporter());
    }

    @Override
    public Mapping map(Access access) {
        return FdMapping.of(libc, fd, size, granted, access);
    }

    /**
     * Waits inside the kernel until the fences signal, which no {@link Thread#interrupt()} ends. A virtual thread, which would keep its
     * carrier, waits for them before, and can be interrupted then.
     */
    @Override
    public void beginCpuAccess(Access access) {
        if (Thread.currentThread().isVirtual()) {
            awaitIdle(access, FOR_EVER);
        }
        sync(DmaBufHeader.DMA_BUF_SYNC_START | DmaBufHeader.direction(access), "DMA_BUF_SYNC_START");
    }

    /** Not cut short by an interrupt: what has begun must end. */
    @Override
    public void endCpuAccess(Access access) {
        sync(DmaBufHeader.DMA_BUF_SYNC_END | DmaBufHeader.direction(access), "DMA_BUF_SYNC_END");
    }

    private void sync(long flags, String phase) {
        int number = fd.enter();
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment sync = frame.struct();
            DmaBufHeader.SYNC_FLAGS.set(sync, 0L, flags);
            int result = (flags & DmaBufHeader.DMA_BUF_SYNC_END) == 0
                    ? Ioctl.call(libc, number, DmaBufHeader.DMA_BUF_IOCTL_SYNC, sync)
                    : Ioctl.finish(libc, number, DmaBufHeader.DMA_BUF_IOCTL_SYNC, sync);
            if (result < 0) {
                throw Failure.of("DMA_BUF_IOCTL_SYNC", result, phase + " was refused")
                        .build();
            }
        } finally {
            fd.leave();
        }
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        // Readers wait for writers (POLLIN), writers for everyone (POLLOUT): dma_buf_poll in drivers/dma-buf/dma-buf.c.
        short events = access.writes() ? FileStructs.POLLOUT : FileStructs.POLLIN;
        return fd.await(events, timeout);
    }

    @Override
    public Fence exportFence(Access access) {
        var fence = new SyncFile(libc);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = syncFile(arena, access, -1);
            int result = fd.use(number -> Ioctl.call(libc, number, DmaBufHeader.DMA_BUF_IOCTL_EXPORT_SYNC_FILE, data));
            if (result < 0) {
                throw fenceRefused("DMA_BUF_IOCTL_EXPORT_SYNC_FILE", result);
            }
            fence.own((int) DmaBufHeader.SYNC_FILE_FD.get(data, 0L));
            return fence;
        }
    }

    @Override
    public void importFence(Fence fence, Access access) {
        try (DmaBufFd file = fence.exportFd();
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = syncFile(arena, access, file.number());
            int result = fd.use(number -> Ioctl.call(libc, number, DmaBufHeader.DMA_BUF_IOCTL_IMPORT_SYNC_FILE, data));
            if (result < 0) {
                throw fenceRefused("DMA_BUF_IOCTL_IMPORT_SYNC_FILE", result);
            }
        }
    }

    private static MemorySegment syncFile(Arena arena, Access access, int file) {
        MemorySegment data = arena.allocate(DmaBufHeader.SYNC_FILE);
        DmaBufHeader.SYNC_FILE_FLAGS.set(data, 0L, (int) DmaBufHeader.direction(access));
        DmaBufHeader.SYNC_FILE_FD.set(data, 0L, file);
        return data;
    }

    private static HeapException fenceRefused(String operation, int result) {
        HeapException.Builder builder = Failure.of(operation, result, "the fence was refused");
        return switch (-result) {
            case Errno.ENOTTY ->
                builder.hint("The kernel needs linux 6.0 or newer and CONFIG_SYNC_FILE=y")
                        .build();
            case Errno.EINVAL ->
                builder.hint("The descriptor is not that of a sync_file").build();
            default -> builder.build();
        };
    }

    @Override
    public DmaBufFd exportFd() {
        return fd.duplicate();
    }

    @Override
    public void setName(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment label = arena.allocateFrom(name);
            int result = fd.use(number -> Ioctl.call(libc, number, DmaBufHeader.DMA_BUF_SET_NAME_B, label));
            if (result == -Errno.EINVAL) {
                throw Failure.of(
                                ErrorCode.INVALID_NAME,
                                "DMA_BUF_SET_NAME_B",
                                result,
                                "the kernel refused the label " + name)
                        .hint("A label has at most " + DmaBufHeader.MAX_NAME + " bytes of UTF-8")
                        .build();
            }
            if (result < 0) {
                throw Failure.of("DMA_BUF_SET_NAME_B", result, "cannot label the buffer " + name)
                        .build();
            }
        }
    }
}
