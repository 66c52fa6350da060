/** The framework: registry, life cycles, plugins, policy, events. Exports nothing: callers use {@code io.dmaheap.api}. */
module io.dmaheap.core {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires jdk.jfr;
    requires org.pf4j;
    requires org.slf4j;

    uses io.dmaheap.spi.HeapProvider;
    uses io.dmaheap.spi.PlatformProvider;

    provides io.dmaheap.spi.Framework with
            io.dmaheap.core.CoreFramework;
}
