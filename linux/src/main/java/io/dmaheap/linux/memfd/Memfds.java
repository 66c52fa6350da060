package io.dmaheap.linux.memfd;

import io.dmaheap.Access;
import io.dmaheap.BufferHolder;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.DmaBufImport;
import io.dmaheap.linux.dmabuf.FileKind;
import io.dmaheap.linux.dmabuf.Memfd;
import io.dmaheap.linux.dmabuf.MemfdSeals;
import io.dmaheap.linux.dmabuf.Udmabuf;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.proc.AvailableMemory;
import io.dmaheap.linux.proc.Holders;
import io.dmaheap.linux.proc.MemfdName;
import io.dmaheap.linux.socket.SeqpacketListener;
import io.dmaheap.linux.socket.SeqpacketSocket;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.ImportedMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Gives out memory behind memfds, takes such memory in, and passes its descriptors on. Holds the udmabuf device from the first
 * export on, until {@link #close()}.
 *
 * <p>Safe for use by several threads.
 */
public final class Memfds implements AutoCloseable {
    private static final Path ROOT = Path.of("/");
    /** Of a memfd that another program made. */
    private static final MemfdName FOREIGN = new MemfdName("", Optional.empty(), false);

    private final Libc libc;
    private final Udmabuf udmabuf;

    Memfds(Libc libc) {
        this.libc = libc;
        this.udmabuf = new Udmabuf(libc);
    }

    /** Why there can be no memfds here, with what to do; empty if there can. Found out by making one. */
    public static Optional<String> obstacle() {
        return NativeAccess.obstacle()
                .map(obstacle -> obstacle.what() + ". " + obstacle.fix())
                .or(() -> Memfd.obstacle(NativeAccess.libc()));
    }

    /**
     * Starts.
     *
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} if there is an {@linkplain #obstacle() obstacle}
     */
    public static Memfds open() {
        Libc libc = NativeAccess.libc();
        Memfd.obstacle(libc).ifPresent(obstacle -> {
            throw HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, "there can be no memory files")
                    .operation("memfd_create")
                    .hint(obstacle)
                    .build();
        });
        return new Memfds(libc);
    }

    /** The page size in bytes. */
    public int pageSize() {
        return libc.pageSize();
    }

    /**
     * The bytes that could be allocated now without taking them from anybody.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with; {@link ErrorCode#SYSTEM_ERROR}
     *     with {@code ENOENT} if {@code /proc} is not mounted
     */
    public long availableMemory() {
        return AvailableMemory.forFiles(libc, ROOT).now();
    }

    /** What holds {@link #availableMemory()} down ({@link io.dmaheap.spi.Platform#memoryLimit}). */
    public Optional<String> memoryLimit() {
        return AvailableMemory.forFiles(libc, ROOT).limit().map(Object::toString);
    }

    /**
     * Makes zeroed, page-scattered memory. Pages are taken when they are first touched, or all at once when the buffer is exported
     * through {@code /dev/udmabuf}.
     *
     * @param heap the heap it belongs to, which others see in {@code /proc/PID/fd}
     * @param size bytes, a positive multiple of the page size
     * @param access what holders of an exported descriptor may do with it
     * @param label the buffer's label, which others see as well
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#OUT_OF_MEMORY}
     */
    public MemfdMemory allocate(String heap, long size, Access access, Optional<String> label) {
        var file = new MemoryFile(libc, size, heap, label);
        MemfdMemory memory = MemfdMemory.created(file, udmabuf, access);
        file.create(MemfdName.buffer(heap, label));
        return memory;
    }

    /**
     * Makes a descriptor that stands for protected memory: it has a size and an identity, and cannot be mapped.
     *
     * @param heap as for {@link #allocate}
     * @param size bytes that it claims to have; it takes none
     * @param label as for {@link #allocate}
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES}
     */
    public TokenMemory token(String heap, long size, Optional<String> label) {
        var writable = new MemoryFile(libc, size, heap, label);
        var file = new MemoryFile(libc, size, heap, label);
        var token = new TokenMemory(file);
        writable.create(MemfdName.token(heap, label));
        try {
            writable.seal(MemfdSeals.TOKEN);
            file.fd.own(writable.reopen(FileStructs.O_WRONLY).release());
            return token;
        } finally {
            writable.release();
        }
    }

    /**
     * Takes in a dma-buf, a descriptor that the emulator of another process exported, or a memfd of another program. A memfd must have
     * whole pages and be sealed against shrinking, so that no mapping of it can lose its pages.
     *
     * @param fd stays the caller's
     * @throws HeapException {@link ErrorCode#NOT_A_DMA_BUF}; {@link ErrorCode#TOO_MANY_FILES}
     */
    public ImportedMemory importFd(int fd) {
        try (DmaBufFd duplicate = DmaBufImport.duplicate(libc, fd)) {
            int number = duplicate.number();
            FileKind kind = FileKind.of(libc, number);
            if (kind == FileKind.DMA_BUF) {
                return DmaBufImport.importFd(libc, number);
            }
            if (kind != FileKind.MEMFD) {
                throw DmaBufImport.notADmaBuf(fd).build();
            }
            MemfdName name = MemfdName.parse(FileKind.link(libc, number)).orElse(FOREIGN);
            MemfdSeals.BUFFER.require(libc, number, fd);
            long size = DmaBufImport.size(libc, number);
            requireWholePages(fd, size);
            var file = new MemoryFile(libc, number, size, name.heap(), name.label());
            ImportedMemory memory = name.isToken()
                    ? new TokenMemory(file)
                    : MemfdMemory.imported(file, udmabuf, DmaBufImport.accessMode(libc, number));
            duplicate.release();
            return memory;
        }
    }

    /** No buffer is of another size, and udmabuf makes none of another file (drivers/dma-buf/udmabuf.c). */
    private void requireWholePages(int fd, long size) {
        int page = libc.pageSize();
        if (size <= 0 || size % page != 0) {
            throw HeapException.of(
                            ErrorCode.INVALID_SIZE,
                            "fd " + fd + " is a memory file of " + size
                                    + " bytes, and a buffer is one or more whole pages of " + page)
                    .operation("importFd")
                    .errno(Errno.name(Errno.EINVAL))
                    .hint(
                            "Pass a descriptor that Heap.allocate and DmaBuf.exportFd made, or give the file whole pages before sealing it")
                    .build();
        }
    }

    /** Listens on a Unix socket ({@link io.dmaheap.spi.Platform#listen}). */
    public FdListener listen(Path socket) {
        return SeqpacketListener.bind(libc, socket);
    }

    /** Connects to a Unix socket ({@link io.dmaheap.spi.Platform#connect}). */
    public FdSocket connect(Path socket) {
        return SeqpacketSocket.connect(libc, socket);
    }

    /** Takes in a socket that other code made ({@link io.dmaheap.spi.Platform#socketOf}). */
    public FdSocket socketOf(int fd) {
        return SeqpacketSocket.of(libc, fd);
    }

    /** Who holds which dma-buf or emulated buffer on this machine. */
    public List<BufferHolder> holders() {
        return Holders.list(libc);
    }

    /** Lets go of the udmabuf device. Memory that was given out stays valid. */
    @Override
    public void close() {
        udmabuf.close();
    }
}
