package io.dmaheap.heaps.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.testkit.rules.PluginVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
