package io.dmaheap.conformance.zoo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The installed form of dmaheap: {@code lib} is the module path of programs in JVMs of their own, {@code plugins} are those shipped. */
public final class Installed {
    private static final Pattern OF_THE_COMMAND = Pattern.compile("/(heap-cli|picocli|gson)-[^/]*$");

    private final Path root;

    /** The installed form in a directory. */
    public Installed(Path root) {
        this.root = root.toAbsolutePath();
    }

    /** Copies the shipped plugins into a directory, and beside it the file that pins them. */
    public void copyPlugins(Path directory) throws IOException {
        Files.copy(root.resolve("plugins.pins"), directory.resolveSibling(directory.getFileName() + ".pins"));
        try (Stream<Path> shipped = Files.list(root.resolve("plugins"))) {
            for (Path jar : shipped.toList()) {
                Files.copy(jar, directory.resolve(jar.getFileName()));
            }
        }
    }

    /**
     * The command of a program that uses dmaheap on the emulator, with the native access that dmaheap itself needs.
     *
     * @param options of the JVM
     * @param program the class path of the program
     */
    public List<String> command(List<String> options, Path program, Class<?> main, String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "--illegal-native-access=deny",
                "--enable-native-access=io.dmaheap.core,io.dmaheap.linux",
                "--module-path",
                modulePath(),
                "--add-modules",
                "io.dmaheap.core,io.dmaheap.emulator,io.dmaheap.linux",
                "--class-path",
                program.toString()));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** What an application has of dmaheap: the command brings a logger of its own and libraries that no application needs. */
    private String modulePath() {
        try (Stream<Path> jars = Files.list(root.resolve("lib"))) {
            return jars.map(Path::toString)
                    .filter(jar -> !OF_THE_COMMAND.matcher(jar).find())
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the class of a program into a folder, which is its class path then. */
    static Path classPath(Class<?> program, Path folder) throws IOException {
        String path = program.getName().replace('.', '/') + ".class";
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        try (InputStream bytes = program.getResourceAsStream("/" + path)) {
            Files.copy(Objects.requireNonNull(bytes), file);
        }
        return folder;
    }

    /**
     * Compiles sources against the API, in one run of the compiler.
     *
     * @param sources texts by path
     * @param work an empty directory
     * @return the classes by path
     */
    public Map<String, byte[]> compile(Map<String, String> sources, Path work) throws IOException {
        Path classes = Files.createDirectories(work.resolve("classes"));
        var arguments = new ArrayList<>(List.of(
                "-proc:none", "-nowarn", "-XDignore.symbol.file", "-d", classes.toString(), "-cp", api().toString()));
        for (var source : sources.entrySet()) {
            Path file = work.resolve("src").resolve(source.getKey());
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        var messages = new StringWriter();
        var out = new PrintWriter(messages);
        if (ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("the plugins do not compile:\n" + messages);
        }
        var compiled = new TreeMap<String, byte[]>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                compiled.put(classes.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return compiled;
    }

    private Path api() throws IOException {
        try (Stream<Path> jars = Files.list(root.resolve("lib"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("heap-api-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
