/**
 * The {@code emulator} platform: a machine in software, for wherever there is no kernel heap. It is found as a
 * {@link io.dmaheap.spi.PlatformProvider}; a test that wants to make it fail holds an {@link io.dmaheap.emulator.Emulator} of its own.
 */
module io.dmaheap.emulator {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires io.dmaheap.allocators;
    requires io.dmaheap.linux;

    exports io.dmaheap.emulator;
    exports io.dmaheap.emulator.control;
    exports io.dmaheap.emulator.secure;

    provides io.dmaheap.spi.PlatformProvider with
            io.dmaheap.emulator.EmulatorPlatformProvider;
}
