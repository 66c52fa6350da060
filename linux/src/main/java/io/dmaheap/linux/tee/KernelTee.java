package io.dmaheap.linux.tee;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection: one open file of {@code /dev/teeN}. */
final class KernelTee implements TeeConnection {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final Libc libc;
    private final int fd;
    private final TeeInfo info;
    private final Held file;
    private final AtomicInteger cancelIds = new AtomicInteger();

    /** Owns the descriptor. */
    KernelTee(Libc libc, int fd, TeeInfo info) {
        this.libc = libc;
        this.fd = fd;
        this.info = info;
        this.file = new Held("connection to " + info.name(), () -> SharedFd.close(libc, fd));
    }

    int fd() {
        return fd;
    }

    Held file() {
        return file;
    }

    int nextCancelId() {
        return cancelIds.incrementAndGet();
    }

    /** The memory, if it was shared through this connection. */
    KernelMemory own(TeeMemory memory) {
        if (memory instanceof KernelMemory known && known.belongsTo(this)) {
            return known;
        }
        throw new IllegalArgumentException(memory + " was not shared through this connection");
    }

    @Override
    public TeeInfo info() {
        return info;
    }

    @Override
    public TeeSession openSession(UUID application, TeeLogin login, TeeOperation operation) {
        return new Opening(this, libc, application, login, operation).open();
    }

    /** Ends a session; the end of the connection would have done it as well. */
    void closeSession(int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(TeeHeader.CLOSE_SESSION_ARG);
            TeeHeader.CLOSE_SESSION.set(argument, 0L, number);
            int result = file.during(() -> libc.ioctl(fd, TeeHeader.TEE_IOC_CLOSE_SESSION, argument));
            if (result < 0) {
                LOGGER.log(System.Logger.Level.WARNING, "TEE_IOC_CLOSE_SESSION failed: {0}", Errno.name(result));
            }
        } catch (IllegalStateException _) {
            LOGGER.log(System.Logger.Level.DEBUG, "the session ended with its connection");
        }
    }

    @Override
    public TeeMemory allocate(long size) {
        if (size <= 0) {
            throw HeapException.of(ErrorCode.INVALID_SIZE, "shared memory has at least one byte, not " + size)
                    .operation("TEE_IOC_SHM_ALLOC")
                    .errno("EINVAL")
                    .build();
        }
        return file.during(() -> new Sharing(this, libc, fd).allocate(size));
    }

    @Override
    public TeeMemory register(MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment has ended: " + segment);
        }
        int page = libc.pageSize();
        if (!segment.isNative()
                || segment.byteSize() == 0
                || segment.address() % page != 0
                || segment.byteSize() % page != 0) {
            throw new IllegalArgumentException("only whole pages of native memory can be registered, not " + segment
                    + "; pages have " + page + " bytes");
        }
        if (!info.capabilities().contains(TeeInfo.Capability.REGISTERED_MEMORY)) {
            throw HeapException.of(ErrorCode.UNSUPPORTED, info.name() + " takes no memory of its callers")
                    .operation("TEE_IOC_SHM_REGISTER")
                    .errno("EOPNOTSUPP")
                    .hint("Allocate shared memory instead")
                    .build();
        }
        return file.during(() -> new Sharing(this, libc, fd).register(segment));
    }

    @Override
    public TeeMemory register(Memory memory) {
        try (DmaBufFd exported = memory.exportFd()) {
            return file.during(() -> new Sharing(this, libc, fd).register(exported.number()));
        }
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return "connection to " + info.name();
    }
}
