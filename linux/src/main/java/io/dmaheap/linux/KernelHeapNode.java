package io.dmaheap.linux;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.libc.CallFrame;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.proc.CmaPools;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A heap of the kernel. The first allocation opens the node, which then stays open: allocating is one system call.
 *
 * <p>The kernel answers {@code EINVAL} to nearly everything it dislikes (drivers/dma-buf/dma-heap.c), so what can be known to be
 * wrong is refused before it is asked.
 */
final class KernelHeapNode implements KernelHeap {
    private final Libc libc;
    private final HeapNode node;
    private final CmaPools pools;
    private final long pageMask;
    /** Null until the first allocation. */
    private volatile @Nullable SharedFd device;
    /** Guarded by this. */
    private boolean closed;

    KernelHeapNode(Libc libc, HeapNode node, CmaPools pools, int pageSize) {
        this.libc = libc;
        this.node = node;
        this.pools = pools;
        this.pageMask = pageSize - 1L;
    }

    @Override
    public String name() {
        return node.name();
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        long size = request.size() + pageMask & ~pageMask;
        if (request.size() <= 0 || size <= 0) {
            throw invalidSize(request.size());
        }
        SharedFd known = device;
        SharedFd heap = known == null ? open() : known;
        // Made before the kernel is asked: from then on nothing that could fail stands between the descriptor and its
        // owner.
        var fd = new SharedFd(libc, "memory");
        var memory = new DmaBufMemory(libc, fd, size, request.access());
        int number = heap.enter();
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = frame.struct();
            DmaHeapHeader.LEN.set(data, 0L, size);
            DmaHeapHeader.FD.set(data, 0L, 0);
            DmaHeapHeader.FD_FLAGS.set(data, 0L, mode(request.access()) | FileStructs.O_CLOEXEC);
            DmaHeapHeader.HEAP_FLAGS.set(data, 0L, request.heapFlags());
            int result = Ioctl.call(libc, number, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, data);
            if (result < 0) {
                throw refused(request, result);
            }
            fd.own((int) DmaHeapHeader.FD.get(data, 0L));
            return memory;
        } finally {
            heap.leave();
        }
    }

    private static int mode(Access access) {
        return switch (access) {
            case READ -> FileStructs.O_RDONLY;
            case WRITE -> FileStructs.O_WRONLY;
            case READ_WRITE -> FileStructs.O_RDWR;
        };
    }

    private synchronized SharedFd open() {
        SharedFd known = device;
        if (known != null) {
            return known;
        }
        if (closed) {
            throw new IllegalStateException("the heap " + name() + " is closed");
        }
        var opened = new SharedFd(libc, "heap " + name());
        int result = node.open(libc);
        if (result < 0) {
            throw cannotOpen(result);
        }
        opened.own(result);
        device = opened;
        return opened;
    }

    private HeapException cannotOpen(int result) {
        String what = "cannot open " + node.path();
        HeapException.Builder builder = result == -Errno.ENOENT
                ? Failure.of(ErrorCode.HEAP_NOT_FOUND, "open", result, what)
                : Failure.of("open", result, what);
        builder.heap(name());
        return switch (-result) {
            case Errno.EMFILE, Errno.ENFILE -> builder.build();
            default ->
                builder.hint(node.refusal(result) + ". " + node.fix(result) + instead())
                        .build();
        };
    }

    /** What this user can have meanwhile. */
    private String instead() {
        var udmabuf = new UdmabufNode(node.root());
        return udmabuf.exists() && udmabuf.openable(libc).yes()
                ? ". Meanwhile the heap " + UdmabufHeap.NAME + " gives page-scattered dma-bufs to this user"
                : "";
    }

    private HeapException invalidSize(long size) {
        return Failure.of(
                        ErrorCode.INVALID_SIZE,
                        "DMA_HEAP_IOCTL_ALLOC",
                        -Errno.EINVAL,
                        "no buffer of " + size + " bytes")
                .heap(name())
                .hint("A size is positive, and stays so when it is rounded up to a page")
                .build();
    }

    private HeapException refused(AllocationRequest request, int result) {
        String what = "no buffer of " + request.size() + " bytes from " + node.path();
        HeapException.Builder builder = Failure.of(code(request, result), "DMA_HEAP_IOCTL_ALLOC", result, what)
                .heap(name());
        return switch (-result) {
            case Errno.ENOMEM -> builder.hint(outOfMemory()).build();
            case Errno.EINVAL -> builder.hint(invalid(request)).build();
            case Errno.ENOTTY ->
                builder.hint(node.path() + " is no heap: `ls -l` must show a character device of class dma_heap")
                        .build();
            default -> builder.build();
        };
    }

    private ErrorCode code(AllocationRequest request, int result) {
        return switch (-result) {
            case Errno.EINVAL -> request.heapFlags() == 0 ? ErrorCode.DEVICE_GONE : ErrorCode.INVALID_FLAGS;
            case Errno.ENOMEM -> ErrorCode.OUT_OF_MEMORY;
            case Errno.EINTR -> ErrorCode.INTERRUPTED;
            case Errno.EMFILE, Errno.ENFILE -> ErrorCode.TOO_MANY_FILES;
            case Errno.ENODEV, Errno.ENXIO -> ErrorCode.DEVICE_GONE;
            case Errno.ENOTTY -> ErrorCode.UNSUPPORTED;
            default -> ErrorCode.SYSTEM_ERROR;
        };
    }

    private static String invalid(AllocationRequest request) {
        return request.heapFlags() == 0
                ? "Size and flags are right, so the device behind the heap is gone: for a protected heap, is the TEE driver"
                        + " still bound? See `dmesg | grep -i tee`"
                : "No kernel up to 7.3 defines heap_flags; only a vendor's kernel may know 0x"
                        + Long.toHexString(request.heapFlags());
    }

    private String outOfMemory() {
        Optional<CmaPools.Pool> pool = pools.ofHeap(name());
        if (pool.isEmpty()) {
            return "See MemAvailable in /proc/meminfo; `dmaheap dump` shows who holds buffers";
        }
        return "The CMA area has " + amount(pool.get().free()) + " of "
                + amount(pool.get().total())
                + " free, perhaps in smaller pieces: `dmaheap dump` shows who holds buffers, and `cma=` on the kernel's"
                + " command line makes the area larger";
    }

    private static String amount(OptionalLong bytes) {
        return bytes.isPresent() ? bytes.getAsLong() + " bytes" : "unknown";
    }

    @Override
    public HeapStatus status() {
        Optional<CmaPools.Pool> pool = pools.ofHeap(name());
        return new HeapStatus(
                node.info(),
                device == null ? node.openable(libc) : Openable.YES,
                pool.map(CmaPools.Pool::total).orElse(OptionalLong.empty()),
                pool.map(CmaPools.Pool::free).orElse(OptionalLong.empty()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        SharedFd known = device;
        if (known != null) {
            known.close();
        }
    }
}
