package io.dmaheap.spi;

import io.dmaheap.BufferHolder;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.MemoryMap;
import io.dmaheap.Problem;
import io.dmaheap.PublicApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where memory really comes from: a kernel, or an emulated one. A service that the platform does not have is empty or throws
 * {@link ErrorCode#UNSUPPORTED}. Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface Platform extends AutoCloseable {

    /** The provider's name. */
    String name();

    /** The page size in bytes. */
    default int pageSize() {
        return 4096;
    }

    /**
     * The bytes that could be allocated now without taking them from anybody ({@code MemAvailable} of proc(5)).
     *
     * @throws HeapException if that cannot be found out: {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#SYSTEM_ERROR}
     */
    long availableMemory();

    /**
     * What holds {@link #availableMemory()} down, in words that can be the subject of a sentence, such as {@code the cgroup /box (memory.max
     * 104857600)}; empty where it is the machine itself.
     *
     * @implSpec the default is empty
     */
    default Optional<String> memoryLimit() {
        return Optional.empty();
    }

    /** The heaps of the kernel, whether or not this user may open them, by name. */
    default List<KernelHeap> kernelHeaps() {
        return List.of();
    }

    /**
     * Further names of the kernel's heaps, such as links to their nodes: the name of the heap by each of them. They count like the aliases
     * of the policy, which come first.
     *
     * @implSpec the default is none
     */
    default Map<String, String> heapAliases() {
        return Map.of();
    }

    /** Page-scattered, zeroed memory, for a platform without a kernel heap for it. */
    default Optional<HeapOps> systemMemory() {
        return Optional.empty();
    }

    /**
     * Dma-bufs made of memory files through {@code /dev/udmabuf}, for users who may open no heap of the kernel; empty where there is no such
     * device. Its status tells whether this user may open it.
     *
     * @implSpec the default is none
     */
    default Optional<HeapOps> udmabufMemory() {
        return Optional.empty();
    }

    /** The regions that the machine's description sets aside, by name. */
    default List<MemoryRegion> regions() {
        return List.of();
    }

    /** The bus firewall, where the normal world may ask it to protect memory. */
    default Optional<MemoryFirewall> firewall() {
        return Optional.empty();
    }

    /** OP-TEE's service for protected memory, where the plugin has to do what the kernel's driver would. */
    default Optional<ProtectedMemoryFirmware> protectedMemoryFirmware() {
        return Optional.empty();
    }

    /**
     * What the machine's memory is set aside for, and who has it, read in one step. An area names the platform's own heaps that may give
     * it out; the framework keeps those that are there, and adds the heaps whose {@link HeapSpec#regions} name the area.
     */
    default MemoryMap memoryMap() {
        return new MemoryMap(
                name(),
                List.of(),
                List.of(),
                List.of(),
                List.of("The platform " + name() + " tells nothing of the machine's memory."));
    }

    /**
     * What is wrong with the machine's description, found as it was read. What a flaw names is left out, or used without the faulty
     * part; {@link io.dmaheap.Heaps#problems()} shows it.
     */
    default List<MemoryMap.Flaw> flaws() {
        return List.of();
    }

    /** The bus masters, by name. */
    default List<PlatformDevice> devices() {
        return List.of();
    }

    /** The trusted execution environments, whether or not this user may open them, by name. */
    default List<PlatformTee> tees() {
        return List.of();
    }

    /**
     * Tells when there may be more than before: a heap of the kernel whose driver was loaded, a TEE that answers at last. What is there
     * already it does not tell of, so watch first, then look. Plugins use {@link HeapContext#probe}, which does both.
     *
     * @param gained called on a thread of the platform's, by one at a time or several, perhaps for nothing; it must return soon
     * @return ends it
     */
    default PlatformWatch watch(Runnable gained) {
        return () -> {};
    }

    /**
     * What the platform cannot do now, such as watch for heaps that come later; {@link io.dmaheap.Heaps#problems()} shows it. A problem
     * is in the list as long as its cause lasts.
     */
    default List<Problem> problems() {
        return List.of();
    }

    /**
     * Takes in a buffer that somebody else made.
     *
     * @param fd stays the caller's; the memory works on a duplicate
     * @throws HeapException {@link ErrorCode#NOT_A_DMA_BUF}
     */
    default ImportedMemory importFd(int fd) {
        throw unsupported("import of file descriptors");
    }

    /** Listens on a Unix socket. */
    default FdListener listen(Path socket) {
        throw unsupported("passing of file descriptors");
    }

    /** Connects to a Unix socket. */
    default FdSocket connect(Path socket) {
        throw unsupported("passing of file descriptors");
    }

    /**
     * Takes in a connected Unix socket that other code made.
     *
     * @param fd stays the caller's; the socket works on a duplicate
     */
    default FdSocket socketOf(int fd) {
        throw unsupported("passing of file descriptors");
    }

    /** Who holds which buffer, as far as this user may look. */
    default List<BufferHolder> holders() {
        return List.of();
    }

    /** Called once, after the last buffer is gone. */
    @Override
    void close();

    private HeapException unsupported(String what) {
        return HeapException.of(ErrorCode.UNSUPPORTED, "the platform " + name() + " has no " + what)
                .errno("EOPNOTSUPP")
                .build();
    }
}
