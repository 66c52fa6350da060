package io.dmaheap.linux.proc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How the running kernel was built, from {@code /proc/config.gz} or {@code /boot/config-<release>}, if either is there. */
public final class KernelConfig {
    private final Optional<String> text;

    private KernelConfig(Optional<String> text) {
        this.text = text;
    }

    /** Reads below {@code root}, which is {@code /} but in tests. */
    public static KernelConfig read(Path root) {
        String release = release(root).orElse("unknown");
        return new KernelConfig(unpacked(root.resolve("proc/config.gz"))
                .or(() -> ProcFile.text(root.resolve("boot").resolve("config-" + release))));
    }

    /** The release, such as {@code 7.3.4-amd64}. */
    public static Optional<String> release(Path root) {
        return ProcFile.text(root.resolve("proc/sys/kernel/osrelease")).map(String::strip);
    }

    private static Optional<String> unpacked(Path file) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** An option with its value, such as {@code CONFIG_DMABUF_HEAPS=y}, or that it is not set, or that nobody knows. */
    public String describe(String option) {
        if (text.isEmpty()) {
            return option + " (unknown: neither /proc/config.gz nor /boot/config-* can be read)";
        }
        return text.get()
                .lines()
                .filter(line -> line.startsWith(option + "="))
                .findFirst()
                .orElse(option + " is not set");
    }

    /** Whether an option is known not to be set. */
    public boolean lacks(String option) {
        return text.isPresent() && text.get().lines().noneMatch(line -> line.startsWith(option + "="));
    }
}
