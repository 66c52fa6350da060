/**
 * The Linux kernel's heaps, dma-bufs and file descriptors: the only room with native calls.
 *
 * <p>Start {@code java} with {@code --enable-native-access=io.dmaheap.linux}.
 */
module io.dmaheap.linux {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;

    exports io.dmaheap.linux.memfd to
            io.dmaheap.emulator;
    exports io.dmaheap.linux.libc to
            io.dmaheap.drivers;
    exports io.dmaheap.linux.dmabuf to
            io.dmaheap.drivers;

    provides io.dmaheap.spi.PlatformProvider with
            io.dmaheap.linux.LinuxPlatformProvider;
}
