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
import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformTee;
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
 * Every operation, with every one of its system calls failing in turn: the error names the call's errno, descriptors and mappings are
 * what they were before, and the same object does the same thing well once the cause is gone.
 */
class FailureSweepTests {
    private static final int[] ERRNOS = {Errno.EIO, Errno.ENOMEM, Errno.EMFILE};

    /** Calls that give something back cannot fail for the caller. */
    private static final Set<String> TOLERATED = Set.of("close", "munmap", "TEE_IOC_CLOSE_SESSION");

    @TempDir
    Path root;

    private interface Operation {
        void run(ScriptedLibc libc, Patience patience) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> nothingLeaksWhicheverCallFails() throws Exception {
        return sweep((operation, call, position, errno) -> {
            var libc = new ScriptedLibc().failAt(position, errno);
            try {
                operation.run(libc, new Patience.None());
                assertThat(TOLERATED).contains(call);
            } catch (HeapException e) {
                assertThat(e.errno()).contains(Errno.name(errno));
                assertThat(e.operation()).isPresent();
            }
            assertThat(libc.held()).isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> whatFailedWorksOnTheSameObjectOnceTheCauseIsGone() throws Exception {
        return sweep((operation, call, position, errno) -> {
            var libc = new ScriptedLibc().failAt(position, errno);
            var patience = new Patience.Once();
            operation.run(libc, patience);
            assertThat(patience.failures()).isEqualTo(TOLERATED.contains(call) ? 0 : 1);
            assertThat(libc.held()).isEmpty();
        });
    }

    private interface Check {
        void run(Operation operation, String call, int position, int errno) throws Exception;
    }

    private Stream<DynamicTest> sweep(Check check) throws Exception {
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
        return operations.entrySet().stream().flatMap(entry -> sweep(entry.getKey(), entry.getValue(), check));
    }

    private static Stream<DynamicTest> sweep(String name, Operation operation, Check check) {
        List<String> calls = callsOf(operation);
        return IntStream.range(0, calls.size())
                .boxed()
                .flatMap(position -> IntStream.of(ERRNOS)
                        .mapToObj(errno -> DynamicTest.dynamicTest(
                                name + ": call " + position + ", " + calls.get(position) + ", fails with "
                                        + Errno.name(errno),
                                () -> check.run(operation, calls.get(position), position, errno))));
    }

    private static List<String> callsOf(Operation operation) {
        var libc = new ScriptedLibc();
        try {
            operation.run(libc, new Patience.None());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(libc.held()).isEmpty();
        assertThat(libc.calls()).isNotEmpty();
        return libc.calls();
    }

    private void useKernelBuffer(ScriptedLibc libc, Patience patience) {
        var platform = new LinuxPlatform(libc, root);
        var heap = platform.kernelHeaps().getFirst();
        try {
            Memory memory = patience.step(() -> heap.allocate(AllocationRequest.of(4096)));
            try {
                exercise(memory, patience);
                patience.step(() -> memory.setName("label"));
                patience.step(memory::info);
                try (Fence fence = patience.step(() -> memory.exportFence(Access.READ))) {
                    patience.step(() -> memory.importFence(fence, Access.WRITE));
                    patience.step(fence::state);
                    patience.step(() -> fence.await(Duration.ofSeconds(1)));
                    patience.step(() -> fence.merge(fence)).close();
                }
            } finally {
                memory.release();
            }
        } finally {
            heap.close();
            platform.close();
        }
    }

    private void importDmaBuf(ScriptedLibc libc, Patience patience) {
        int fd = libc.foreignDmaBuf(4096);
        try {
            DmaBufMemory imported = patience.step(() -> DmaBufImport.importFd(libc, fd));
            try {
                patience.step(imported::traits);
                patience.step(imported::info);
            } finally {
                imported.release();
            }
        } finally {
            libc.close(fd);
        }
    }

    private void useMemfd(ScriptedLibc libc, Patience patience) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ));
            try {
                patience.step(() -> memory.map(Access.READ)).unmap();
                patience.step(memory::exportFd).close();
                patience.step(memory::info);
            } finally {
                memory.release();
            }
        }
    }

    private void shareMemfd(ScriptedLibc libc, Patience patience) {
        try (var memfds = MemfdsFixture.of(libc.withUdmabuf())) {
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ_WRITE));
            try {
                patience.step(() -> memory.beginCpuAccess(Access.WRITE));
                patience.step(() -> memory.setName("label"));
                patience.step(memory::exportFd).close();
                // A udmabuf refuses the end of an access before any has begun.
                assertThat(libc.syncs()).startsWith(DmaBufHeader.DMA_BUF_SYNC_START | 3L);
                assertThat(libc.names()).last().isEqualTo("label");
                patience.step(() -> memory.endCpuAccess(Access.WRITE));
                patience.step(() -> memory.exportFence(Access.WRITE)).close();
            } finally {
                memory.release();
            }
        }
    }

    private void importMemfd(ScriptedLibc libc, Patience patience) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ));
            try (DmaBufFd fd = patience.step(memory::exportFd)) {
                patience.step(() -> memfds.importFd(fd.number())).release();
            } finally {
                memory.release();
            }
        }
    }

    private void passToken(ScriptedLibc libc, Patience patience) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory token = patience.step(() -> memfds.token("secure", 4096));
            try (DmaBufFd fd = patience.step(token::exportFd)) {
                Memory imported = patience.step(() -> memfds.importFd(fd.number()));
                try {
                    patience.step(imported::info);
                } finally {
                    imported.release();
                }
            } finally {
                token.release();
            }
        }
    }

    private void useTee(ScriptedLibc libc, Patience patience) {
        Memory buffer = new DmaBufMemory(libc, libc.foreignDmaBuf(4096), 4096, Access.READ_WRITE);
        PlatformTee node = new LinuxPlatform(libc, root).tees().getFirst();
        try (var tee = patience.step(node::open);
                var arena = Arena.ofConfined();
                var allocated = patience.step(() -> tee.allocate(100));
                var registered = patience.step(() -> tee.register(arena.allocate(4096, 4096)));
                var frame = patience.step(() -> tee.register(buffer));
                var session = patience.step(
                        () -> tee.openSession(new UUID(1, 2), TeeLogin.PUBLIC, TeeOperation.of(allocated.in())))) {
            patience.step(() -> session.invoke(1, registered.inOut(), frame.in(), TeeParameter.valueOut()));
        } finally {
            buffer.release();
        }
    }

    private void sendMessage(ScriptedLibc libc, Patience patience) {
        Path path = root.resolve("socket");
        try (var listener = patience.step(() -> SeqpacketListener.bind(libc, path))) {
            Ends ends = patience.step(() -> connect(libc, listener, path));
            try (var client = ends.client();
                    var server = ends.server();
                    var owned = new DmaBufFd(libc.foreignDmaBuf(4096), libc::close)) {
                patience.step(() -> client.send(new byte[] {1, 2, 3}, List.of(owned)));
                var message = patience.step(() -> server.receive(Duration.ofSeconds(5)))
                        .orElseThrow();
                message.descriptors().forEach(descriptor -> {
                    libc.adopt(descriptor.number());
                    libc.close(descriptor.release());
                });
            }
        }
    }

    private record Ends(FdSocket client, FdSocket server) {}

    /** Connects, after taking out of the listener's queue what an attempt that failed has left there. */
    private static Ends connect(ScriptedLibc libc, SeqpacketListener listener, Path path) {
        for (var left = listener.accept(Duration.ZERO); left.isPresent(); left = listener.accept(Duration.ZERO)) {
            left.get().close();
        }
        FdSocket client = SeqpacketSocket.connect(libc, path);
        try {
            return new Ends(client, listener.accept(Duration.ZERO).orElseThrow());
        } catch (HeapException e) {
            client.close();
            throw e;
        }
    }

    private static void exercise(Memory memory, Patience patience) {
        Mapping mapping = patience.step(() -> memory.map(Access.READ_WRITE));
        try {
            patience.step(() -> memory.beginCpuAccess(Access.WRITE));
            patience.step(() -> memory.endCpuAccess(Access.WRITE));
            patience.step(() -> memory.awaitIdle(Access.READ, Duration.ofSeconds(1)));
            patience.step(memory::exportFd).close();
        } finally {
            mapping.unmap();
        }
    }
}
