package io.dmaheap.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What of the temporary directory is swept, and what stays. */
@Timeout(120)
class CopyFolderTests {
    @TempDir
    Path temporary;

    /** What an ended process leaves behind, but for its lock. */
    private Path leftOver(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        Files.createFile(Files.createDirectory(folder.resolve("0")).resolve("vendor.jar"));
        return folder;
    }

    private void sweep() throws IOException {
        try (var folder = CopyFolder.create(temporary)) {
            folder.sweep();
        }
    }

    @Test
    void theFolderOfAProcessStaysWhileItLivesAndIsSweptThen() throws Exception {
        Process other = new ProcessBuilder(command()).start();
        try (BufferedReader out = other.inputReader()) {
            Path folder = Path.of(out.readLine());
            assertThat(folder).isDirectory();

            sweep();
            assertThat(folder).isDirectory();

            assertThat(other.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
            sweep();
            assertThat(folder).doesNotExist();
        } finally {
            assertThat(other.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private List<String> command() {
        String classes = CopyFolder.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        String tests = getClass().getResource("CopyFolderTests.class").getPath();
        String own = tests.substring(0, tests.indexOf("/io/dmaheap/core/plugin"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + ":" + own,
                OtherProcess.class.getName(),
                temporary.toString());
    }

    /** Makes a folder and keeps it until it is killed. */
    static final class OtherProcess {
        public static void main(String[] arguments) throws IOException {
            try (CopyFolder folder = CopyFolder.create(Path.of(arguments[0]))) {
                System.out.println(folder.path());
                System.in.read();
            }
        }
    }

    @Test
    void whatAnEndedProcessLeftBehindIsSwept() throws IOException {
        Path folder = leftOver("dmaheap-plugins-1-1-a");
        Files.createFile(folder.resolve(".lock"));

        sweep();

        assertThat(folder).doesNotExist();
    }

    @Test
    void whatHasNoLockStaysUnlessItIsEmpty() throws IOException {
        Path unknown = leftOver("dmaheap-plugins-1-1-b");
        Path empty = Files.createDirectory(temporary.resolve("dmaheap-plugins-1-1-c"));

        sweep();

        assertThat(unknown.resolve("0/vendor.jar")).exists();
        assertThat(empty).doesNotExist();
    }

    @Test
    void whatIsNotAFolderOfThisKindStays() throws IOException {
        Path other = leftOver("someone-else");
        Files.createFile(other.resolve(".lock"));
        Path link = Files.createSymbolicLink(temporary.resolve("dmaheap-plugins-1-1-d"), other);
        Path file = Files.createFile(temporary.resolve("dmaheap-plugins-1-1-e"));

        sweep();

        assertThat(other.resolve("0/vendor.jar")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(file).exists();
    }

    @Test
    void foldersOfThisProcessStay() throws IOException {
        try (var one = CopyFolder.create(temporary)) {
            sweep();

            assertThat(one.exists()).isTrue();
            assertThat(one.path().resolve(".lock")).exists();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void makingAndSweepingAtOnceLeavesEachItsOwn() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(() -> {
                    for (int round = 0; round < 50; round++) {
                        try (var mine = CopyFolder.create(temporary)) {
                            mine.sweep();
                            assertThat(mine.exists()).isTrue();
                        }
                    }
                    return null;
                });
            }
            for (var done : threads.invokeAll(all, 60, TimeUnit.SECONDS)) {
                done.resultNow();
            }
        }
        assertThat(temporary).isEmptyDirectory();
    }
}
