package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.linux.dmabuf.DmaBufImport;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
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
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What users of descriptors do, each with whatever it takes. */
final class Operations {
    private final Path root;

    private Operations(Path root) {
        this.root = root;
    }

    interface Operation {
        void run(ScriptedLibc libc, Patience patience) throws Exception;
    }

    /** All of them, by name; {@code root} is an empty directory, in which devices are made. */
    static Map<String, Operation> all(Path root) throws IOException {
        Files.createFile(Files.createDirectories(root.resolve("dev/dma_heap")).resolve("system"));
        Files.createFile(root.resolve("dev/tee0"));
        Files.createFile(root.resolve("dev/udmabuf"));
        Files.writeString(
                Files.createDirectories(root.resolve("proc")).resolve("meminfo"), "MemAvailable:    8192 kB\n");
        var operations = new Operations(root);
        return Map.of(
                "a heap's buffer is used", operations::useKernelBuffer,
                "a udmabuf is used", operations::useUdmabuf,
                "a dma-buf is imported", operations::importDmaBuf,
                "a memfd is used", operations::useMemfd,
                "a memfd becomes a dma-buf", operations::shareMemfd,
                "a memfd is imported", operations::importMemfd,
                "a token is passed on", operations::passToken,
                "a trusted application is used", operations::useTee,
                "a message goes through a socket", operations::sendMessage);
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

    private void useUdmabuf(ScriptedLibc libc, Patience patience) {
        var heap = new LinuxPlatform(libc, root).udmabufMemory().orElseThrow();
        try {
            Memory memory = patience.step(() -> heap.allocate(AllocationRequest.of(4096)));
            try {
                exercise(memory, patience);
                patience.step(() -> memory.setName("label"));
                patience.step(memory::info);
            } finally {
                memory.release();
            }
        } finally {
            heap.close();
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
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ, Optional.empty()));
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
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty()));
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
            Memory memory = patience.step(() -> memfds.allocate("system", 4096, Access.READ, Optional.empty()));
            try (DmaBufFd fd = patience.step(memory::exportFd)) {
                patience.step(() -> memfds.importFd(fd.number())).release();
            } finally {
                memory.release();
            }
        }
    }

    private void passToken(ScriptedLibc libc, Patience patience) {
        try (var memfds = MemfdsFixture.of(libc)) {
            Memory token = patience.step(() -> memfds.token("secure", 4096, Optional.empty()));
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
        } catch (RuntimeException | Error e) {
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
