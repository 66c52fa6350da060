package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.vm.user.Privileges;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Buffers across processes, users and limits. */
@Timeout(300)
class ProcessTests {
    /** An emulated board beside other work of its host has taken more than two minutes to start a JVM with heaps. */
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    /** Runs in the child: adds one to the first number of the buffer that it is sent. */
    static final class AddOne {
        public static void main(String[] args) {
            try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("linux"));
                    BufferSocket socket = heaps.connect(Path.of(args[0]));
                    BufferSocket.Message message = socket.receive(LONG)) {
                DmaBuf buffer = message.buffers().getFirst();
                try (var access = buffer.access(io.dmaheap.Access.READ_WRITE)) {
                    int seen = access.segment().get(ValueLayout.JAVA_INT, 0);
                    access.segment().set(ValueLayout.JAVA_INT, 0, seen + 1);
                }
                socket.send(Long.toString(buffer.info().inode()));
            }
        }
    }

    @Test
    void aBufferIsTheSameMemoryInAnotherProcess() throws Exception {
        Path path = directory.resolve("socket");
        try (Heaps heaps = Heaps.open();
                Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096);
                BufferListener listener = heaps.listen(path)) {
            try (var access = buffer.write()) {
                access.segment().set(ValueLayout.JAVA_INT, 0, 41);
            }
            Process child = ChildJvm.of("exec", AddOne.class, path.toString()).start();
            try (BufferSocket socket = listener.accept(LONG)) {
                assertThat(socket.peer().pid()).isEqualTo((int) child.pid());
                socket.send("yours", buffer);
                try (BufferSocket.Message answer = socket.receive(LONG)) {
                    assertThat(answer.text())
                            .isEqualTo(Long.toString(buffer.info().inode()));
                }
            }
            assertThat(ChildJvm.output(child)).endsWith("exit 0");
            try (var access = buffer.read()) {
                assertThat(access.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(42);
            }
        }
    }

    /** Runs in the child: gives up its rights, then allocates or says why not. */
    static final class TryToAllocate {
        public static void main(String[] args) {
            Privileges.drop(12345);
            System.out.println(new io.dmaheap.linux.LinuxPlatformProvider().suitability());
            var platform = new io.dmaheap.linux.LinuxPlatformProvider().open(java.util.Map.of());
            try {
                platform.kernelHeaps()
                        .getFirst()
                        .allocate(AllocationRequest.of(4096))
                        .release();
                System.out.println("allocated");
            } catch (HeapException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    @Test
    void aUserWithoutRightsIsToldWhatToDo() throws Exception {
        String output = ChildJvm.output(ChildJvm.of("exec", TryToAllocate.class).start());
        assertThat(output)
                .contains("usable=false", "PERMISSION_DENIED", "EACCES", "uid 12345", "root:root rw-------")
                .contains("SUBSYSTEM==\"dma_heap\", KERNEL==\"")
                .endsWith("exit 0");
    }

    /** Runs in the child, which may open few files: takes them all, then asks for what is a lot and for what is little. */
    static final class Hoard {
        private static final long LARGE = 256L << 20;

        public static void main(String[] args) {
            try (Heaps heaps = Heaps.open();
                    Heap heap = heaps.find("system").orElseThrow()) {
                var buffers = new ArrayList<DmaBuf>();
                tellWhyNot("small", () -> {
                    while (buffers.size() < 1000) {
                        buffers.add(heap.allocate(4096));
                    }
                });
                tellWhyNot("large", () -> heap.allocate(LARGE).close());
                buffers.forEach(DmaBuf::close);
                heap.allocate(LARGE).close();
                System.out.println("recovered, " + heaps.usage().buffers() + " left");
            }
        }

        private static void tellWhyNot(String what, Runnable allocation) {
            try {
                allocation.run();
            } catch (HeapException e) {
                System.out.println(what + ": " + e.code() + " " + e.getMessage());
            }
        }
    }

    @Test
    void aProcessWithoutDescriptorsIsToldAndRecovers() throws Exception {
        String output =
                ChildJvm.output(ChildJvm.of("ulimit -n 100; exec", Hoard.class).start());
        assertThat(output)
                .containsPattern("small: TOO_MANY_FILES .*DMA_HEAP_IOCTL_ALLOC: EMFILE")
                .containsPattern("large: TOO_MANY_FILES cannot read /.*open: EMFILE")
                .contains("recovered, 0 left")
                .endsWith("exit 0");
    }

    @Test
    void aBufferOutlivesTheProcessThatMadeIt() throws Exception {
        Path path = directory.resolve("socket");
        try (Heaps heaps = Heaps.open();
                BufferListener listener = heaps.listen(path)) {
            Process child = ChildJvm.of("exec", Donor.class, path.toString()).start();
            try (BufferSocket socket = listener.accept(LONG);
                    BufferSocket.Message gift = socket.receive(LONG)) {
                assertThat(ChildJvm.output(child)).endsWith("exit 0");
                try (var access = gift.buffers().getFirst().read()) {
                    assertThat(access.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(7);
                }
                List<Long> holders = heaps.holders().stream()
                        .map(io.dmaheap.BufferHolder::pid)
                        .distinct()
                        .toList();
                assertThat(holders).containsOnly(ProcessHandle.current().pid());
            }
        }
    }

    /** Runs in the child: makes a buffer, sends it, ends. */
    static final class Donor {
        public static void main(String[] args) {
            try (Heaps heaps = Heaps.open();
                    Heap heap = heaps.find("system").orElseThrow();
                    DmaBuf buffer = heap.allocate(4096);
                    BufferSocket socket = heaps.connect(Path.of(args[0]))) {
                try (var access = buffer.write()) {
                    access.segment().set(ValueLayout.JAVA_INT, 0, 7);
                }
                socket.send("gift", buffer);
            }
        }
    }
}
