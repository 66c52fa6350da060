package io.dmaheap.linux.memfd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.ChildJvm;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one buffer. */
@Timeout(120)
class CrossProcessTests {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> NATIVE = List.of("--enable-native-access=ALL-UNNAMED");

    @TempDir
    Path directory;

    /** Runs in the child: takes a buffer in, adds one to its first number, makes a buffer of its own and sends it back. */
    static final class Partner {
        public static void main(String[] args) {
            try (var memfds = Memfds.open();
                    FdSocket socket = memfds.connect(Path.of(args[0]));
                    Arena arena = Arena.ofConfined()) {
                FdSocket.Message message = socket.receive(LONG).orElseThrow();
                ImportedMemory imported =
                        memfds.importFd(message.descriptors().getFirst().number());
                Mapping mapping = imported.map(Access.READ_WRITE);
                var segment = mapping.segment(arena);
                int seen = segment.get(ValueLayout.JAVA_INT, 0);
                segment.set(ValueLayout.JAVA_INT, 0, seen + 1);
                Memory own = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
                own.map(Access.WRITE).segment(arena).set(ValueLayout.JAVA_INT, 0, seen + 2);
                try (DmaBufFd fd = own.exportFd()) {
                    socket.send(Long.toString(imported.info().inode()).getBytes(), List.of(fd));
                }
                socket.receive(LONG);
            } catch (HeapException e) {
                // The other end closes the socket when it has seen enough.
                System.exit(e.code() == ErrorCode.DEVICE_GONE ? 0 : 1);
            }
        }
    }

    @Test
    void aBufferIsTheSameMemoryInAnotherProcess() throws Exception {
        Path path = directory.resolve("socket");
        try (var memfds = Memfds.open();
                FdListener listener = memfds.listen(path);
                Arena arena = Arena.ofConfined()) {
            Process child =
                    ChildJvm.builder(NATIVE, Partner.class, path.toString()).start();
            Memory memory = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
            Mapping mapping = memory.map(Access.READ_WRITE);
            var segment = mapping.segment(arena);
            segment.set(ValueLayout.JAVA_INT, 0, 41);
            try (FdSocket socket = listener.accept(LONG).orElseThrow();
                    DmaBufFd fd = memory.exportFd()) {
                assertThat(socket.peer().pid()).isEqualTo((int) child.pid());
                socket.send(new byte[0], List.of(fd));
                FdSocket.Message answer = socket.receive(LONG).orElseThrow();

                assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(42);
                assertThat(new String(answer.payload()))
                        .isEqualTo(Long.toString(memory.info().inode()));
                ImportedMemory theirs =
                        memfds.importFd(answer.descriptors().getFirst().number());
                Mapping other = theirs.map(Access.READ);
                assertThat(other.segment(arena).get(ValueLayout.JAVA_INT, 0)).isEqualTo(43);
                assertThat(memfds.holders())
                        .anyMatch(hold -> hold.pid() == child.pid()
                                && hold.inode() == memory.info().inode());
                other.unmap();
                theirs.release();
                answer.descriptors().forEach(DmaBufFd::close);
            }
            mapping.unmap();
            memory.release();
            assertThat(ChildJvm.finish(child).status()).isZero();
        }
    }

    /** Runs in the child, which may open few files: allocates until none is left, and asks for more. */
    static final class Hoarder {
        public static void main(String[] args) {
            var hoard = new ArrayList<Memory>();
            try (var memfds = Memfds.open()) {
                loadFailures(memfds);
                Memory first = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
                tell("before", memfds::availableMemory);
                tell("full", () -> {
                    while (true) {
                        hoard.add(memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty()));
                    }
                });
                tell("memory", memfds::availableMemory);
                tell("export", first::exportFd);
                hoard.forEach(Memory::release);
                tell("later", () -> {
                    first.exportFd().close();
                    return "exported inode " + first.info().inode();
                });
                first.release();
            }
        }

        private static void tell(String what, Supplier<Object> action) {
            try {
                System.out.println(what + ": " + action.get());
            } catch (HeapException e) {
                System.out.println(what + ": " + e.code() + " " + e.getMessage());
            }
        }
    }

    /** Classes in directories are files, which a process without descriptors cannot open; those in jars are no trouble. */
    private static void loadFailures(Memfds memfds) {
        Memory exported = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
        exported.exportFd().close();
        exported.release();
        try {
            memfds.importFd(-1);
        } catch (HeapException e) {
            System.out.println(e.code());
        }
    }

    @Test
    void aProcessWithoutDescriptorsIsToldAndRecovers() throws Exception {
        ProcessBuilder java = ChildJvm.builder(NATIVE, Hoarder.class);
        var command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 128; exec \"$@\"", "sh"));
        command.addAll(java.command());
        ChildJvm.Result result = ChildJvm.finish(java.command(command).start());
        assertThat(result.output())
                .containsPattern("before: [1-9]")
                .containsPattern("full: TOO_MANY_FILES .*EMFILE.*ulimit -n")
                .containsPattern("memory: TOO_MANY_FILES .*/proc/meminfo.*EMFILE.*ulimit -n")
                .contains("export: TOO_MANY_FILES")
                .contains("later: exported inode");
        assertThat(result.status()).isZero();
    }

    /** Runs in the child, which may open few files: is sent more descriptors than it can take. */
    static final class Overwhelmed {
        public static void main(String[] args) {
            try (var memfds = Memfds.open();
                    FdSocket socket = memfds.connect(Path.of(args[0]))) {
                loadFailures(memfds);
                socket.receive(LONG).orElseThrow().descriptors().forEach(DmaBufFd::close);
                long before = openFiles();
                try {
                    socket.receive(LONG).orElseThrow();
                } catch (HeapException e) {
                    System.out.println(e.code() + " " + e.getMessage());
                }
                System.out.println(openFiles() - before + " left open");
            }
        }

        private static long openFiles() {
            try (var files = Files.list(Path.of("/proc/self/fd"))) {
                return files.count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void descriptorsThatDoNotFitAreReportedAndTheOthersAreClosed() throws Exception {
        Path path = directory.resolve("socket");
        try (var memfds = Memfds.open();
                FdListener listener = memfds.listen(path)) {
            ProcessBuilder java = ChildJvm.builder(NATIVE, Overwhelmed.class, path.toString());
            var command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 100; exec \"$@\"", "sh"));
            command.addAll(java.command());
            Process child = java.command(command).start();
            Memory memory = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
            try (FdSocket socket = listener.accept(LONG).orElseThrow();
                    DmaBufFd fd = memory.exportFd()) {
                socket.send(new byte[1], List.of(fd));
                socket.send(new byte[1], Collections.nCopies(200, fd));
                ChildJvm.Result result = ChildJvm.finish(child);
                assertThat(result.output()).contains("TOO_MANY_FILES", "not all descriptors", "\n0 left open");
            }
            memory.release();
        }
    }
}
