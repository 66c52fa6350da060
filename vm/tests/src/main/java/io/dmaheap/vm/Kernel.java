package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** System calls for tests that must go below the API, to see what the kernel itself does. */
public final class Kernel {
    static final Libc LIBC = NativeAccess.libc();
    static final int PAGE = LIBC.pageSize();
    /** How a buffer is asked for, unless a test says otherwise. */
    public static final int RW_CLOEXEC = FileStructs.O_RDWR | FileStructs.O_CLOEXEC;

    /** Whether this is Debian 13's first kernel, some of whose ways were mended by 7.2. */
    static final boolean LINUX_6_12 = System.getProperty("os.version").startsWith("6.12.");

    private static final Path HEAPS = Path.of("/dev/dma_heap");

    private Kernel() {}

    /** The heaps whose memory the CPU can map; protected ones have names that say so. */
    public static List<String> mappableHeaps() {
        try (Stream<Path> nodes = Files.list(HEAPS)) {
            List<String> names = nodes.map(node -> node.getFileName().toString())
                    .filter(name -> !name.startsWith("protected,"))
                    .sorted()
                    .toList();
            assertThat(names).as("heaps in " + HEAPS).isNotEmpty();
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int open(String path, int flags) {
        return checked("open " + path, LIBC.open(path, flags));
    }

    /** Opens the node of a heap. */
    public static int openHeap(String name) {
        return open(HEAPS.resolve(name).toString(), FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
    }

    /** Allocates as the selftests do. */
    public static int allocate(int heap, long size, int fdFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = request(arena, size, 0, fdFlags, 0);
            checked("DMA_HEAP_IOCTL_ALLOC", LIBC.ioctl(heap, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, data));
            return (int) DmaHeapHeader.FD.get(data, 0L);
        }
    }

    static MemorySegment request(Arena arena, long size, int fd, int fdFlags, long heapFlags) {
        MemorySegment data = arena.allocate(128, 8);
        DmaHeapHeader.LEN.set(data, 0L, size);
        DmaHeapHeader.FD.set(data, 0L, fd);
        DmaHeapHeader.FD_FLAGS.set(data, 0L, fdFlags);
        DmaHeapHeader.HEAP_FLAGS.set(data, 0L, heapFlags);
        return data;
    }

    static int sync(int fd, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sync = arena.allocate(DmaBufHeader.SYNC);
            DmaBufHeader.SYNC_FLAGS.set(sync, 0L, flags);
            return LIBC.ioctl(fd, DmaBufHeader.DMA_BUF_IOCTL_SYNC, sync);
        }
    }

    static int setName(int fd, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return LIBC.ioctl(fd, DmaBufHeader.DMA_BUF_SET_NAME_B, arena.allocateFrom(name));
        }
    }

    /** Maps, and unmaps when the arena closes. */
    static MemorySegment map(Arena arena, int fd, long size) {
        long address = LIBC.mmap(size, FileStructs.PROT_READ | FileStructs.PROT_WRITE, FileStructs.MAP_SHARED, fd, 0);
        assertThat(address).as(() -> "mmap: " + Errno.name(address)).isPositive();
        return MemorySegment.ofAddress(address)
                .reinterpret(size, arena, segment -> LIBC.munmap(segment.address(), size));
    }

    /** Closes a descriptor, which must be open. */
    public static void close(int fd) {
        assertThat(LIBC.close(fd)).as("close").isZero();
    }

    static long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int checked(String call, int result) {
        assertThat(result).as(() -> call + ": " + Errno.name(result)).isNotNegative();
        return result;
    }
}
