/**
 * DMA-BUF heaps for the JVM: what callers use and what vendors implement.
 *
 * <p>{@code io.dmaheap} is for callers and starts at {@link io.dmaheap.Heaps#open()}. {@code io.dmaheap.spi} is for those who
 * bring heaps ({@link io.dmaheap.spi.HeapProvider}) or memory ({@link io.dmaheap.spi.PlatformProvider}). {@code io.dmaheap.tee}
 * is for both: how to speak with trusted applications. The module depends on
 * {@code java.base} alone and never breaks binary compatibility; {@link io.dmaheap.PublicApi} says who may call and who may
 * implement each type.
 */
module io.dmaheap.api {
    requires static org.jspecify;

    exports io.dmaheap;
    exports io.dmaheap.spi;
    exports io.dmaheap.tee;

    // For the modules of this project; not part of the API.
    exports io.dmaheap.watch to
            io.dmaheap.core,
            io.dmaheap.linux;
    exports io.dmaheap.size to
            io.dmaheap.cli,
            io.dmaheap.core,
            io.dmaheap.emulator;

    uses io.dmaheap.spi.Framework;
}
