package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.testkit.rules.PluginVerifier;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The plugins as jars, with the manifest that only a jar has. */
class ShippedPluginsTests {

    static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of(".."),
                3,
                (file, attributes) ->
                        file.toString().matches("\\.\\./heaps-[a-z-]+/target/heaps-[a-z-]+-[0-9.]+\\.jar"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void allFiveAreThere() throws IOException {
        assertThat(jars()).hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("jars")
    void keepsTheRulesForPlugins(Path jar) {
        assertThat(PluginVerifier.verify(jar)).isEmpty();
    }

    /** On a class path nobody reads the module's descriptor. */
    @ParameterizedTest
    @MethodSource("jars")
    void offersOnTheClassPathWhatItsModuleOffers(Path jar) throws IOException {
        String service = "io.dmaheap.spi.HeapProvider";
        var module = ModuleFinder.of(jar).findAll().iterator().next().descriptor();
        try (var file = new JarFile(jar.toFile());
                var services = file.getInputStream(file.getEntry("META-INF/services/" + service))) {
            assertThat(module.provides())
                    .singleElement()
                    .extracting(ModuleDescriptor.Provides::providers)
                    .isEqualTo(new String(services.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void isIdentifiedByItsFolder(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            assertThat(file.getManifest().getMainAttributes().getValue("Plugin-Id"))
                    .isEqualTo(jar.getName(1).toString());
        }
    }
}
