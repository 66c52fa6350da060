package io.dmaheap.linux.dmabuf;

import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.SyncFileHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** A sync_file (drivers/dma-buf/sync_file.c). */
public final class SyncFile implements Fence {
    private final Libc libc;
    private final SharedFd fd;

    /** Takes ownership of a sync_file descriptor. */
    public SyncFile(Libc libc, int fd) {
        this(libc);
        own(fd);
    }

    /** A fence that is about to get a descriptor. */
    SyncFile(Libc libc) {
        this.libc = libc;
        this.fd = new SharedFd(libc, "fence");
    }

    void own(int opened) {
        fd.own(opened);
    }

    @Override
    public State state() {
        return fd.use(this::stateOf);
    }

    private State stateOf(int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SyncFileHeader.FILE_INFO);
            int result = Ioctl.call(libc, number, SyncFileHeader.SYNC_IOC_FILE_INFO, info);
            if (result < 0) {
                throw Failure.of("SYNC_IOC_FILE_INFO", result, "cannot read the state of the fence")
                        .build();
            }
            int status = (int) SyncFileHeader.STATUS.get(info, 0L);
            if (status == 0) {
                return State.PENDING;
            }
            return status > 0 ? State.SIGNALED : State.FAILED;
        }
    }

    @Override
    public boolean await(Duration timeout) {
        return fd.await(FileStructs.POLLIN, timeout);
    }

    @Override
    public Fence merge(Fence other) {
        var merged = new SyncFile(libc);
        try (DmaBufFd second = other.exportFd();
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(SyncFileHeader.MERGE_DATA);
            SyncFileHeader.MERGE_FD2.set(data, 0L, second.number());
            int result = fd.use(first -> Ioctl.call(libc, first, SyncFileHeader.SYNC_IOC_MERGE, data));
            if (result < 0) {
                throw Failure.of("SYNC_IOC_MERGE", result, "cannot merge the fences")
                        .build();
            }
            merged.own((int) SyncFileHeader.MERGE_FENCE.get(data, 0L));
            return merged;
        }
    }

    @Override
    public DmaBufFd exportFd() {
        return fd.duplicate();
    }

    @Override
    public void close() {
        fd.close();
    }
}
