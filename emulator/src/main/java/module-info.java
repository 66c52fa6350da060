/**
 * The {@code emulator} platform: a machine in software, for wherever there is no kernel heap. Exports nothing: it is found as a
 * {@link io.dmaheap.spi.PlatformProvider}.
 */
module io.dmaheap.emulator {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires io.dmaheap.allocators;
    requires io.dmaheap.linux;

    provides io.dmaheap.spi.PlatformProvider with
            io.dmaheap.emulator.EmulatorPlatformProvider;
}
