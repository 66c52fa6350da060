package io.dmaheap.linux;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.dmabuf.Memfd;
import io.dmaheap.linux.dmabuf.MemfdSeals;
import io.dmaheap.linux.dmabuf.Udmabuf;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.proc.AvailableMemory;
import io.dmaheap.linux.proc.MemfdName;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Dma-bufs that {@code /dev/udmabuf} makes of sealed memory files (drivers/dma-buf/udmabuf.c). The node is opened by the first allocation and
 * stays open.
 *
 * <p>The pages are zeroed, scattered, pinned for the life of the buffer, and charged to the cgroup as files in memory. A holder of the
 * descriptor can always read and write: the kernel makes no other.
 */
final class UdmabufHeap implements HeapOps {
    /** The heap's name. */
    static final String NAME = "udmabuf";

    private final Libc libc;
    private final Path root;
    private final UdmabufNode node;
    private final long pageMask;
    /** Null until the first allocation. */
    private volatile @Nullable SharedFd device;
    /** Guarded by this. */
    private boolean closed;

    UdmabufHeap(Libc libc, Path root) {
        this.libc = libc;
        this.root = root;
        this.node = new UdmabufNode(root);
        this.pageMask = libc.pageSize() - 1L;
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        long size = request.size() + pageMask & ~pageMask;
        if (request.size() <= 0 || size <= 0) {
            throw refused(ErrorCode.INVALID_SIZE, -Errno.EINVAL, request)
                    .hint("A size is positive, and stays so when it is rounded up to a page")
                    .build();
        }
        OptionalLong largest = node.largest(libc);
        if (largest.isPresent() && size > largest.getAsLong()) {
            throw refused(ErrorCode.INVALID_SIZE, -Errno.EINVAL, request)
                    .hint("A udmabuf has at most " + largest.getAsLong() + " bytes here: `echo "
                            + ((size + (1 << 20) - 1) >> 20) + " | sudo tee " + node.limitFile() + "` raises that")
                    .build();
        }
        requireMemory(size, request);
        SharedFd known = device;
        SharedFd udmabuf = known == null ? open() : known;
        var fd = new SharedFd(libc, "memory");
        var memory = new DmaBufMemory(libc, fd, size, request.access());
        var given = request.access() == Access.READ_WRITE ? memory : new PartlyGranted(memory);
        var file = new SharedFd(libc, "memory file");
        try {
            Memfd.create(libc, file, MemfdName.buffer(NAME, request.name()), size);
            int number = file.enter();
            try {
                MemfdSeals.BUFFER.addTo(libc, number);
                fd.own(create(udmabuf, number, size, request));
            } finally {
                file.leave();
            }
            return given;
        } finally {
            // The dma-buf holds the pages.
            file.release();
        }
    }

    /** The kernel would not refuse but invoke the OOM killer of the cgroup. */
    private void requireMemory(long size, AllocationRequest request) {
        long available = AvailableMemory.forFiles(libc, root).now();
        if (size > available) {
            throw refused(ErrorCode.OUT_OF_MEMORY, -Errno.ENOMEM, request)
                    .hint("This machine, or the cgroup of this process, has " + available
                            + " bytes left: see MemAvailable in /proc/meminfo, and memory.max in the cgroup")
                    .build();
        }
    }

    private int create(SharedFd udmabuf, int file, long size, AllocationRequest request) {
        int number = udmabuf.enter();
        try {
            int result = Udmabuf.create(libc, number, file, size);
            if (result < 0) {
                throw refused(code(result), result, request).hint(hint(result)).build();
            }
            return result;
        } finally {
            udmabuf.leave();
        }
    }

    private static ErrorCode code(int result) {
        return switch (-result) {
            case Errno.EINVAL -> ErrorCode.INVALID_SIZE;
            case Errno.ENOMEM -> ErrorCode.OUT_OF_MEMORY;
            case Errno.EMFILE, Errno.ENFILE -> ErrorCode.TOO_MANY_FILES;
            case Errno.EINTR -> ErrorCode.INTERRUPTED;
            case Errno.ENOTTY -> ErrorCode.UNSUPPORTED;
            default -> ErrorCode.SYSTEM_ERROR;
        };
    }

    private String hint(int result) {
        return switch (-result) {
            case Errno.EINVAL -> "The size is above the limit in " + node.limitFile();
            case Errno.ENOMEM -> "See MemAvailable in /proc/meminfo; `dmaheap dump` shows who holds buffers";
            case Errno.EMFILE, Errno.ENFILE -> "Close descriptors, or raise the limit with `ulimit -n`";
            case Errno.ENOTTY -> node.path() + " is no udmabuf: `ls -l` must show a character device";
            default -> "See `dmesg | tail`";
        };
    }

    private synchronized SharedFd open() {
        SharedFd known = device;
        if (known != null) {
            return known;
        }
        if (closed) {
            throw new IllegalStateException("the heap " + NAME + " is closed");
        }
        var opened = new SharedFd(libc, "heap " + NAME);
        int result = node.open(libc);
        if (result < 0) {
            HeapException.Builder builder =
                    Failure.of("open", result, "cannot open " + node.path()).heap(NAME);
            throw (result == -Errno.EMFILE || result == -Errno.ENFILE
                            ? builder
                            : builder.hint(node.refusal(result) + ". " + node.fix(result)))
                    .build();
        }
        opened.own(result);
        device = opened;
        return opened;
    }

    private static HeapException.Builder refused(ErrorCode code, int result, AllocationRequest request) {
        return Failure.of(code, "UDMABUF_CREATE", result, "no buffer of " + request.size() + " bytes")
                .heap(NAME);
    }

    @Override
    public HeapStatus status() {
        return new HeapStatus(
                        node.info(),
                        device == null ? node.openable(libc) : Openable.YES,
                        OptionalLong.empty(),
                        OptionalLong.empty())
                .withLargest(node.largest(libc));
    }

    @Override
    public synchronized void close() {
        closed = true;
        SharedFd known = device;
        if (known != null) {
            known.close();
        }
    }

    /** Memory whose holders were to have less access than the kernel gives them. */
    private static final class PartlyGranted extends ForwardingMemory {
        PartlyGranted(Memory memory) {
            super(memory);
        }

        @Override
        public DmaBufFd exportFd() {
            throw HeapException.of(
                            ErrorCode.UNSUPPORTED,
                            "a holder of a udmabuf can always read and write it, and this buffer grants less")
                    .heap(NAME)
                    .operation("exportFd")
                    .errno("EOPNOTSUPP")
                    .hint(
                            "Allocate it for READ_WRITE, or from a heap of the kernel, whose descriptors can have less access")
                    .build();
        }
    }
}
