package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.watch.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a jar another one, and what does not. */
class ChangedJarTests {
    @TempDir
    Path plugins;

    @TempDir
    Path elsewhere;

    private Installation machine;

    @BeforeEach
    void install() {
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    @Test
    void aJarOfTheSameSizeAndTimeInPlaceIsAnother() throws IOException {
        Path jar = plugin("vendor.a").version("2.3.4").writeTo(plugins);
        byte[] next = Files.readAllBytes(plugin("vendor.a").version("2.3.5").writeTo(elsewhere));
        assertThat(next.length).as("the versions differ in one digit").isEqualTo((int) Files.size(jar));
        machine.scan();
        FileTime time = Files.getLastModifiedTime(jar);
        awaitTick(jar);

        Files.write(jar, next);
        Files.setLastModifiedTime(jar, time);
        machine.scan();

        assertThat(machine.plugin("vendor.a").version()).isEqualTo("2.3.5");
    }

    @Test
    void anotherHardLinkOfAJarDoesNotRestartThePlugin() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        Fingerprint before = Fingerprint.of(jar).orElseThrow();
        awaitTick(jar);

        Files.createLink(plugins.resolve("backup"), jar);
        assertThat(Fingerprint.of(jar).orElseThrow()).isNotEqualTo(before);
        machine.scan();
        machine.scan();

        assertThat(machine.host.calls).containsExactly("start vendor.a");
    }

    /** The clock of a file system ticks every few milliseconds. */
    private void awaitTick(Path jar) {
        FileTime changed = Fingerprint.of(jar).orElseThrow().changed();
        await().until(() -> {
            Path probe = Files.writeString(elsewhere.resolve("probe"), "");
            return Fingerprint.of(probe).orElseThrow().changed().compareTo(changed) > 0;
        });
    }

    @Test
    void aJarThatIsGoneWhenItIsReadIsNoProblem() throws IOException {
        Path other = plugin("vendor.a").writeTo(elsewhere);
        Fingerprint listed = Fingerprint.of(other).orElseThrow();

        assertThat(new JarReader(machine.temporary).read(plugins.resolve("gone.jar"), listed))
                .isEmpty();
    }
}
