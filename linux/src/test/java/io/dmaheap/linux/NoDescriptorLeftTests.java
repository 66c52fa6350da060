package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.DmaBufImport;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose last descriptor is gone looks at a machine that has everything: it must not report that there is nothing. */
@Timeout(120)
class NoDescriptorLeftTests {
    private static final List<String> NATIVE =
            List.of("--enable-native-access=io.dmaheap.linux", "--enable-native-access=ALL-UNNAMED");

    @TempDir
    Path root;

    /** Runs in the child: looks at everything before, while and after no descriptor is left. */
    static final class Looker {
        public static void main(String[] args) {
            Path root = Path.of(args[0]);
            Libc libc = NativeAccess.libc();
            // Classes in directories are files, which a process without descriptors cannot open.
            tell("load: ", () -> DmaBufImport.importFd(libc, -1));
            look("before", libc, root);
            var open = new ArrayList<Integer>();
            int fd = libc.open("/dev/null", FileStructs.O_RDONLY);
            while (fd >= 0) {
                open.add(fd);
                fd = libc.open("/dev/null", FileStructs.O_RDONLY);
            }
            look("full", libc, root);
            open.forEach(libc::close);
            look("after", libc, root);
        }

        private static void look(String when, Libc libc, Path root) {
            var platform = new LinuxPlatform(libc, root);
            tell(when + " heaps: ", () -> platform.kernelHeaps().size());
            tell(when + " tees: ", () -> platform.tees().size());
            tell(when + " holders: ", () -> platform.holders().size());
            tell(when + " suitability: ", () -> new LinuxPlatformProvider(root).suitability(libc));
            new Diagnosis(root)
                    .run(libc)
                    .forEach(finding -> System.out.println(when + " finding: " + finding.status() + " "
                            + finding.subject() + ": " + finding.detail() + " " + finding.fix()));
        }

        private static void tell(String what, Supplier<Object> question) {
            try {
                System.out.println(what + question.get());
            } catch (HeapException e) {
                System.out.println(what + e.code());
            }
        }
    }

    @Test
    void whatCannotBeLookedAtIsNotReportedAsMissing() throws Exception {
        Files.createFile(Files.createDirectories(root.resolve("dev/dma_heap")).resolve("system"));
        Files.createFile(root.resolve("dev/tee0"));
        Files.createFile(root.resolve("dev/udmabuf"));
        Files.createDirectories(root.resolve("proc"));
        Files.createSymbolicLink(root.resolve("proc/self"), Path.of("/proc/self"));
        ProcessBuilder java = ChildJvm.builder(NATIVE, Looker.class, root.toString());
        var command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 128; exec \"$@\"", "sh"));
        command.addAll(java.command());
        String output = ChildJvm.finish(java.command(command).start()).output();
        for (String when : List.of("before", "after")) {
            assertThat(output)
                    .contains(
                            when + " heaps: 1\n", when + " tees: 1\n", when + " finding: OK heap system: can be opened")
                    .containsPattern(when + " suitability: .*usable=true")
                    .containsPattern(when + " holders: [0-9]+\n")
                    .containsPattern(when + " finding: WARN open files: [0-9]+ of at most 128");
        }
        assertThat(output)
                .contains("full heaps: TOO_MANY_FILES", "full tees: TOO_MANY_FILES", "full holders: TOO_MANY_FILES")
                .containsPattern("full suitability: .*usable=false.*EMFILE")
                .containsPattern("full finding: FAIL heaps: .*EMFILE.*ulimit -n")
                .containsPattern("full finding: FAIL udmabuf: .*EMFILE.*ulimit -n")
                .containsPattern("full finding: FAIL open files: .*EMFILE.*ulimit -n");
    }
}
