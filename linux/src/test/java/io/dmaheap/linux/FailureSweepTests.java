package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.DmaBufImport;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.memfd.MemfdsFixture;
import io.dmaheap.linux.socket.SeqpacketListener;
import io.dmaheap.linux.socket.SeqpacketSocket;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation, with every one of its system calls failing in turn: the error names the call's errno, and descriptors and
 * mappings are what they were before.
 */
class FailureSweepTests {
    private static final int[] ERRNOS = {Errno.EIO, Errno.ENOMEM, Errno.EMFILE};

    /** Calls that give something back cannot fail for the caller. */
    private static final Set<String> TOLERATED = Set.of("close", "munmap", "TEE_IOC_CLOSE_SESSION");

    @TempDir
    Path root;

    private interface Operation {
        void run(ScriptedLibc libc) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> nothingLeaksWhicheverCallFails() throws Exception {
        Files.createFile(Files.createDirectories(root.resolve("dev/dma_heap")).resolve("system"));
        Files.createFile(root.resolve("dev/tee0"));
        Map<String, Operation> operations = Map.of(
                "a heap's buffer is used", this::useKernelBuffer,
                "a dma-buf is imported", this::importDmaBuf,
                "a memfd is used", this::useMemfd,
                "a memfd becomes a dma-buf", this::shareMemfd,
                "a memfd is imported", this::importMemfd,
                "a token is passed on", this::passToken,
                "a trusted application is used", this::useTee,
                "a message goes through a socket", this::sendMessage);
        return operations.entrySet().stream().flatMap(entry -> sweep(entry.getKey(), entry.getValue()));
    }

    private Stream<DynamicTest> sweep(String name, Operation operation) {
        List<String> calls = callsOf(operation);
        return IntStream.range(0, calls.size())
                .boxed()
                .flatMap(position -> IntStream.of(ERRNOS)
                        .mapToObj(errno -> DynamicTest.dynamicTest(
                                name + ": call " + position + ", " + calls.get(position) + ", fails with "
                                        + Errno.name(errno),
                                () -> failing(operation, calls.get(position), position, errno))));
    }

    private static List<String> callsOf(Operation operation) {
        var libc = new ScriptedLibc();
        try {
            operation.run(libc);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(libc.held()).isEmpty();
        assertThat(libc.calls()).isNotEmpty();
        return libc.calls();
    }

    private static void failing(Operation operation, String call, int position, int errno) throws Exception {
        var libc = new ScriptedLibc().failAt(position, errno);
        try {
            operation.run(libc);
            assertThat(TOLERATED).contains(call);
        } catch (HeapException e) {
            assertThat(e.errno()).contains(Errno.name(errno));
            assertThat(e.operation()).isPresent();
        }
        assertThat(libc.held()).isEmpty();
    }

    private void useKernelBuffer(ScriptedLibc libc) {
        var platform = new LinuxPlatform(libc, root);
        var heap = platform.kernelHeaps().getFirst();
        try {
            Memory memory = heap.allocate(AllocationRequest.of(4096));
            try {
                exercise(memory);
                memory.setName("label");
                memory.info();
                try (Fence fence = memory.exportFence(Access.READ)) {
                    memory.importFence(fence, Access.WRITE);
                    fence.state();
                    fence.await(Duration.ofSeconds(1));
                    fence.merge(fence).close();
                }
            } finally {
                memory.release();
            }
        } finally {
            heap.close();
            platform.close();
        }
    }

    private void importDmaBuf(ScriptedLibc libc) {
        int fd = libc.foreignDmaBuf(4096);
        try {
            DmaBufMemory imported = DmaBufImport.importFd(libc, fd);
            try {
                imported.info();
            } finally {
                imported.release();
            }
        } finally {
            libc.close(fd);
        }
    }

    private void useMemfd(ScriptedLibc libc) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory memory = memfds.allocate("system", 4096, Access.READ);
            try {
                memory.map(Access.READ).unmap();
                memory.exportFd().close();
                memory.info();
            } finally {
                memory.release();
            }
        }
    }

    private void shareMemfd(ScriptedLibc libc) {
        try (var memfds = MemfdsFixture.of(libc.withUdmabuf())) {
            Memory memory = memfds.allocate("system", 4096, Access.READ_WRITE);
            try {
                memory.setName("label");
                memory.exportFd().close();
                memory.exportFence(Access.WRITE).close();
            } finally {
                memory.release();
            }
        }
    }

    private void importMemfd(ScriptedLibc libc) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory memory = memfds.allocate("system", 4096, Access.READ);
            try (DmaBufFd fd = memory.exportFd()) {
                memfds.importFd(fd.number()).release();
            } finally {
                memory.release();
            }
        }
    }

    private void passToken(ScriptedLibc libc) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory token = memfds.token("secure", 4096);
            try (DmaBufFd fd = token.exportFd()) {
                Memory imported = memfds.importFd(fd.number());
                try {
                    imported.info();
                } finally {
                    imported.release();
                }
            } finally {
                token.release();
            }
        }
    }

    private void useTee(ScriptedLibc libc) {
        Memory buffer = new DmaBufMemory(libc, libc.foreignDmaBuf(4096), 4096, Access.READ_WRITE);
        try (var tee = new LinuxPlatform(libc, root).tees().getFirst().open();
                var arena = Arena.ofConfined();
                var allocated = tee.allocate(100);
                var registered = tee.register(arena.allocate(4096, 4096));
                var frame = tee.register(buffer);
                var session = tee.openSession(new UUID(1, 2), TeeLogin.PUBLIC, TeeOperation.of(allocated.in()))) {
            session.invoke(1, registered.inOut(), frame.in(), TeeParameter.valueOut());
        } finally {
            buffer.release();
        }
    }

    private void sendMessage(ScriptedLibc libc) {
        Path path = root.resolve("socket");
        try (var listener = SeqpacketListener.bind(libc, path);
                var client = SeqpacketSocket.connect(libc, path);
                var server = listener.accept(Duration.ofSeconds(5)).orElseThrow()) {
            int fd = libc.foreignDmaBuf(4096);
            try (var owned = new DmaBufFd(fd, libc::close)) {
                client.send(new byte[] {1, 2, 3}, List.of(owned));
            }
            var message = server.receive(Duration.ofSeconds(5)).orElseThrow();
            message.descriptors().forEach(descriptor -> {
                libc.adopt(descriptor.number());
                descriptor.close();
            });
        }
    }

    private static void exercise(Memory memory) {
        Mapping mapping = memory.map(Access.READ_WRITE);
        try {
            memory.beginCpuAccess(Access.WRITE);
            memory.endCpuAccess(Access.WRITE);
            memory.awaitIdle(Access.READ, Duration.ofSeconds(1));
            memory.exportFd().close();
        } finally {
            mapping.unmap();
        }
    }
}
