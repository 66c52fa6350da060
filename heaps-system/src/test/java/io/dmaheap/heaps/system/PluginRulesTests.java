package io.dmaheap.heaps.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.testkit.rules.PluginVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What any vendor can have in a build; the jars of this project are checked together, as they are shipped, in {@code conformance}. */
class PluginRulesTests {

    @Test
    void thePluginKeepsTheRulesForPlugins() {
        assertThat(PluginVerifier.verify(Path.of("target/classes"))).isEmpty();
    }

    @Test
    void theClassPathFindsTheProviderToo() throws Exception {
        try (var services = SystemHeaps.class.getResourceAsStream("/META-INF/services/io.dmaheap.spi.HeapProvider")) {
            assertThat(services)
                    .asString(StandardCharsets.UTF_8)
                    .isEqualToIgnoringNewLines(SystemHeaps.class.getName());
        }
    }
}
