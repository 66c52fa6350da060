package io.dmaheap.vm.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.vm.ChildJvm;
import io.dmaheap.vm.Node;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which platform a program gets: the table of docs/platforms.md, each cell a JVM of its own on a real kernel. */
@Timeout(600)
class PlatformTableTests {
    private static final Path HEAPS = Path.of("/dev/dma_heap");
    private static final int USER = 1000;
    private static final String REFUSED = "refused PLATFORM_UNAVAILABLE .*--enable-native-access=";

    private final Map<Path, Node> removed = new LinkedHashMap<>();

    /**
     * A cell of the table.
     *
     * @param modules whether the program is on the module path
     * @param nativeAccess whether it was started with the option
     * @param root whether it may open the nodes
     * @param heaps whether the kernel has heaps
     */
    record Cell(boolean modules, boolean nativeAccess, boolean root, boolean heaps) {
        @Override
        public String toString() {
            return (modules ? "module path" : "class path")
                    + (nativeAccess ? "" : " without native access")
                    + (root ? ", root" : ", user")
                    + (heaps ? ", a kernel with heaps" : ", a kernel without heaps");
        }

        /** What the child says where the program leaves the choice to the framework. */
        String chosen() {
            if (!heaps) {
                return "emulator, problems \\[EMULATED_PLATFORM\\], system allocates";
            }
            if (!nativeAccess) {
                return REFUSED;
            }
            return root
                    ? "linux, problems \\[\\], system allocates"
                    : "linux, problems \\[\\], system PERMISSION_DENIED EACCES";
        }

        /** What it says where the program asked for linux. */
        String linux() {
            if (!nativeAccess) {
                return REFUSED;
            }
            return heaps ? chosen() : "linux, problems \\[\\], system HEAP_NOT_FOUND";
        }
    }

    static Stream<Cell> cells() {
        List<Boolean> both = List.of(true, false);
        return both.stream()
                .flatMap(modules -> both.stream()
                        .flatMap(access -> both.stream()
                                .flatMap(root -> both.stream().map(heaps -> new Cell(modules, access, root, heaps)))));
    }

    /** Runs in the child: prints what it gets as linux, and what it gets by itself, whose use may give native access to the class path. */
    static final class Program {
        public static void main(String[] args) {
            print("linux", HeapsOptions.defaults().withPlatform("linux"));
            print("chosen", HeapsOptions.defaults());
        }

        private static void print(String how, HeapsOptions options) {
            try (Heaps heaps = Heaps.open(options)) {
                var problems =
                        heaps.problems().stream().map(problem -> problem.kind()).toList();
                System.out.println(
                        how + ": " + heaps.platform().name() + ", problems " + problems + ", system " + system(heaps));
            } catch (HeapException e) {
                System.out.println(how + ": refused " + e.code() + " " + e.getMessage());
            }
        }

        private static String system(Heaps heaps) {
            try (Heap heap = heaps.heap("system");
                    DmaBuf buffer = heap.allocate(4096)) {
                return buffer.size() == 4096 ? "allocates" : "gives " + buffer.size();
            } catch (HeapException e) {
                return e.code() + " " + e.errno().orElse("");
            }
        }
    }

    /** Runs in between: an ordinary user's process, which starts the one named. */
    static final class AsUser {
        public static void main(String[] args) throws Exception {
            Privileges.drop(USER);
            Process program = new ProcessBuilder(args).inheritIO().start();
            System.exit(program.waitFor(5, TimeUnit.MINUTES) ? program.exitValue() : 1);
        }
    }

    @AfterEach
    void putNodesBack() throws Exception {
        Files.createDirectories(HEAPS);
        for (var entry : removed.entrySet()) {
            entry.getValue().make(entry.getKey());
        }
    }

    private void removeNodes() throws IOException {
        List<Path> nodes;
        try (Stream<Path> listed = Files.list(HEAPS)) {
            nodes = listed.sorted().toList();
        }
        for (Path node : nodes) {
            removed.put(node, Node.of(node));
            Files.delete(node);
        }
        Files.delete(HEAPS);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void aProgramGetsThePlatformOfTheTable(Cell cell) throws Exception {
        if (!cell.heaps()) {
            removeNodes();
        }
        List<String> program = command(cell);
        ProcessBuilder child = cell.root()
                ? new ProcessBuilder(program).redirectErrorStream(true)
                : ChildJvm.of("exec", AsUser.class, program.toArray(String[]::new));
        assertThat(ChildJvm.output(child.start()))
                .containsPattern("(?m)^chosen: " + cell.chosen())
                .containsPattern("(?m)^linux: " + cell.linux())
                .endsWith("exit 0");
    }

    /** The modules of dmaheap come from the module path or the class path, and everything else from the class path. */
    private static List<String> command(Cell cell) {
        String all = System.getProperty("java.class.path");
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        // A guest translates what a JIT compiles once more.
        command.add("-Xint");
        if (cell.modules()) {
            String modules = Stream.of(all.split(File.pathSeparator))
                    .filter(jar -> Path.of(jar).getFileName().toString().matches("(heap|heaps|pf4j|slf4j)-.*")
                            && !jar.contains("heap-vm-tests"))
                    .collect(Collectors.joining(File.pathSeparator));
            command.addAll(List.of(
                    "-p",
                    modules,
                    "--add-modules",
                    "io.dmaheap.core,io.dmaheap.linux,io.dmaheap.emulator,io.dmaheap.heaps.system"));
        }
        if (cell.nativeAccess()) {
            command.add("--enable-native-access="
                    + (cell.modules() ? "io.dmaheap.linux,io.dmaheap.core,io.dmaheap.emulator" : "ALL-UNNAMED"));
        }
        command.addAll(List.of("-cp", all, Program.class.getName()));
        return command;
    }
}
