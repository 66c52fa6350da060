package io.dmaheap.linux.dmabuf;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A shared mapping of a whole buffer. It stays valid after the descriptor is closed. It is removed once: the addresses may belong to
 * another mapping afterwards.
 */
public final class FdMapping implements Mapping {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final Libc libc;
    /** Written once, before {@link #unmapped} is opened. */
    private long address;

    private final long size;
    private final boolean writable;
    private final AtomicBoolean unmapped = new AtomicBoolean(true);

    /** Not there yet, as if it were removed. */
    private FdMapping(Libc libc, long size, boolean writable) {
        this.libc = libc;
        this.size = size;
        this.writable = writable;
    }

    /**
     * Maps a buffer.
     *
     * @param granted the access mode of the descriptor
     * @param wanted what the mapping must allow
     * @throws HeapException {@link ErrorCode#ACCESS_DENIED} ({@code EACCES}); {@link ErrorCode#NOT_CPU_ACCESSIBLE}
     *     ({@code EINVAL}, drivers/dma-buf/dma-buf.c); {@link ErrorCode#OUT_OF_MEMORY}
     */
    public static FdMapping of(Libc libc, SharedFd fd, long size, Access granted, Access wanted) {
        int number = fd.enter();
        try {
            return of(libc, number, size, granted, wanted);
        } finally {
            fd.leave();
        }
    }

    /** As {@link #of(Libc, SharedFd, long, Access, Access)}, with a descriptor that the caller keeps open. */
    public static FdMapping of(Libc libc, int fd, long size, Access granted, Access wanted) {
        if (!granted.reads() || !granted.covers(wanted)) {
            throw Failure.of(
                            ErrorCode.ACCESS_DENIED,
                            "mmap",
                            -Errno.EACCES,
                            "the descriptor allows " + granted + ", which is not enough to map it for " + wanted)
                    .hint("Allocate or export the buffer with READ_WRITE access; a write-only one can never be mapped")
                    .build();
        }
        int protection = FileStructs.PROT_READ | (wanted.writes() ? FileStructs.PROT_WRITE : 0);
        // Made before the kernel is asked, so that running out of memory afterwards loses no mapping.
        var mapping = new FdMapping(libc, size, wanted.writes());
        long address = libc.mmap(size, protection, FileStructs.MAP_SHARED, fd, 0);
        if (address < 0) {
            throw refused(address, size);
        }
        mapping.address = address;
        mapping.unmapped.set(false);
        return mapping;
    }

    private static HeapException refused(long result, long size) {
        return switch ((int) -result) {
            case Errno.EINVAL ->
                Failure.of(ErrorCode.NOT_CPU_ACCESSIBLE, "mmap", result, "the exporter offers the CPU no mapping")
                        .hint(
                                "The memory is protected, or belongs to a device only. `cat /proc/self/fdinfo/FD` names the"
                                        + " exporter: `tee` means protected")
                        .build();
            case Errno.EACCES ->
                Failure.of(ErrorCode.ACCESS_DENIED, "mmap", result, "the descriptor was opened for less access")
                        .build();
            case Errno.ENOMEM ->
                Failure.of("mmap", result, "no room to map " + size + " bytes")
                        .hint("Compare `wc -l /proc/self/maps` with /proc/sys/vm/max_map_count, and see `ulimit -v`")
                        .build();
            default -> Failure.of("mmap", result, "cannot map the buffer").build();
        };
    }

    @Override
    public MemorySegment segment(Arena scope) {
        if (unmapped.get()) {
            throw new IllegalStateException("the mapping was removed");
        }
        MemorySegment whole = MemorySegment.ofAddress(address).reinterpret(size, scope, null);
        return writable ? whole : whole.asReadOnly();
    }

    @Override
    public void unmap() {
        if (!unmapped.compareAndSet(false, true)) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "a mapping of " + size + " bytes was removed before; nothing was done",
                    new IllegalStateException("second unmap"));
            return;
        }
        int result;
        try {
            result = libc.munmap(address, size);
        } catch (Throwable e) {
            // The JVM had not the means to make the call.
            unmapped.set(false);
            throw e;
        }
        if (result < 0) {
            LOGGER.log(System.Logger.Level.WARNING, "munmap of {0} bytes failed: {1}", size, Errno.name(result));
        }
    }
}
