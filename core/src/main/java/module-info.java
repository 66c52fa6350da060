/** The framework: registry, life cycles, plugins, policy, events. */
module io.dmaheap.core {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
}
