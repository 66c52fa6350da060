/**
 * What a vendor runs against a heap plugin, and what the project runs against its own.
 *
 * <p>{@link io.dmaheap.testkit.HeapContractTest} is the contract of a heap, as tests: extend it, name the heap, run it.
 * {@link io.dmaheap.testkit.ImporterContractTest} does the same for a heap and a device that uses its buffers.
 * {@link io.dmaheap.testkit.rules.HeapPluginRules} is the contract of a plugin's code. {@code fault} makes heaps fail on demand,
 * {@code fake} stands in for the framework and the platform where a plugin is to be looked at alone.
 */
module io.dmaheap.testkit {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires transitive org.assertj.core;
    requires transitive com.tngtech.archunit;
    requires transitive com.tngtech.archunit.junit5.api;

    exports io.dmaheap.testkit;
    exports io.dmaheap.testkit.fake;
    exports io.dmaheap.testkit.fault;
    exports io.dmaheap.testkit.rules;

    // The tests of the contract are methods of package-private interfaces.
    opens io.dmaheap.testkit to
            org.junit.platform.commons;
}
