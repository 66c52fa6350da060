package io.dmaheap.conformance.soak;

import io.dmaheap.conformance.zoo.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A jar of the programs: the JVM keeps it open, while it would have to open the files of a directory when it has no descriptor for them.
 * Without what is for tests, such as a services file.
 */
final class ProgramJar {
    private ProgramJar() {}

    static Path write(Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : List.of(Soak.class, Installed.class)) {
                String folder = type.getPackageName().replace('.', '/');
                try (Stream<Path> files = Files.list(root(type).resolve(folder))) {
                    for (Path file : files.toList()) {
                        out.putNextEntry(new JarEntry(folder + "/" + file.getFileName()));
                        Files.copy(file, out);
                    }
                }
            }
        }
        return jar;
    }

    private static Path root(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
