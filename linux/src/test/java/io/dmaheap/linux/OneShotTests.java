package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.dmabuf.SyncFile;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.memfd.MemfdsFixture;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory that a plugin uses after its release, or releases twice, while a file of the host has its descriptor number. The file is one of
 * the test's own, which takes the number on purpose.
 */
class OneShotTests {
    private static final long SIZE = 8192;
    /** Above what the JVM uses. */
    private static final int NUMBER = 800;

    private static final Map<String, Function<ScriptedLibc, Memory>> KINDS = Map.of(
            "a dma-buf", libc -> new DmaBufMemory(libc, moved(libc, libc.foreignDmaBuf(SIZE)), SIZE, Access.READ_WRITE),
            "a memfd", libc -> MemfdsFixture.of(libc).allocate("system", SIZE, Access.READ_WRITE, Optional.empty()),
            "a memfd that is a dma-buf",
                    libc -> {
                        Memory memory = MemfdsFixture.of(libc.withUdmabuf())
                                .allocate("system", SIZE, Access.READ_WRITE, Optional.empty());
                        memory.info();
                        return memory;
                    },
            "a token", libc -> MemfdsFixture.of(libc).token("secure", SIZE, Optional.empty()));

    private static final Map<String, Consumer<Memory>> USES = Map.of(
            "map", memory -> memory.map(Access.READ_WRITE).unmap(),
            "exportFd", memory -> memory.exportFd().close(),
            "info", Memory::info,
            "beginCpuAccess", memory -> memory.beginCpuAccess(Access.READ_WRITE),
            "endCpuAccess", memory -> memory.endCpuAccess(Access.READ_WRITE),
            "awaitIdle", memory -> memory.awaitIdle(Access.READ, Duration.ZERO),
            "exportFence", memory -> memory.exportFence(Access.READ).close(),
            "setName", memory -> memory.setName("late"));

    /** What memory without pages has to do with its descriptor. */
    private static final Set<String> USES_OF_A_TOKEN = Set.of("map", "exportFd", "info", "setName");

    @TempDir
    Path root;

    private static int moved(ScriptedLibc libc, int fd) {
        int number = libc.fcntl(fd, FileStructs.F_DUPFD_CLOEXEC, NUMBER);
        libc.close(fd);
        return number;
    }

    @TestFactory
    Stream<DynamicTest> noUseAfterReleaseReachesTheFileThatHasTheNumber() {
        return KINDS.entrySet().stream()
                .flatMap(kind -> USES.entrySet().stream()
                        .filter(use -> !kind.getKey().equals("a token") || USES_OF_A_TOKEN.contains(use.getKey()))
                        .map(use -> DynamicTest.dynamicTest(
                                use.getKey() + " of " + kind.getKey(), () -> use(kind.getValue(), use.getValue()))));
    }

    private static void use(Function<ScriptedLibc, Memory> make, Consumer<Memory> use) {
        var libc = new ScriptedLibc();
        Memory memory = make.apply(libc);
        memory.release();
        long calls = libc.calls().size();
        assertThatIllegalStateException().isThrownBy(() -> use.accept(memory));
        assertThat(libc.calls()).hasSize((int) calls);
    }

    @TestFactory
    Stream<DynamicTest> aSecondReleaseClosesNothing() {
        return KINDS.entrySet().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getKey(), () -> {
                    var libc = new ScriptedLibc();
                    Memory memory = kind.getValue().apply(libc);
                    memory.release();
                    long closes = libc.count("close");
                    memory.release();
                    assertThat(libc.count("close")).isEqualTo(closes);
                }));
    }

    @Test
    void theFileThatTookTheNumberKeepsItAndItsBytes() {
        var libc = new ScriptedLibc();
        Memory memory = KINDS.get("a dma-buf").apply(libc);
        memory.release();
        int mine = moved(libc, libc.memfdCreate("mine", FileStructs.MFD_CLOEXEC));
        assertThat(mine).isEqualTo(NUMBER);
        memory.release();
        assertThatIllegalStateException().isThrownBy(() -> memory.map(Access.READ_WRITE));
        assertThat(libc.openFds()).containsExactly(mine);
        assertThat(libc.lseek(mine, 0, FileStructs.SEEK_END)).isZero();
        libc.close(mine);
    }

    @Test
    void aMappingIsRemovedOnce() {
        var libc = new ScriptedLibc();
        Memory memory = KINDS.get("a memfd").apply(libc);
        Mapping mapping = memory.map(Access.READ);
        mapping.unmap();
        mapping.unmap();
        assertThat(libc.count("munmap")).isEqualTo(1);
        try (Arena arena = Arena.ofConfined()) {
            assertThatIllegalStateException().isThrownBy(() -> mapping.segment(arena));
        }
        memory.release();
    }

    @Test
    void aFenceIsClosedOnce() {
        var libc = new ScriptedLibc();
        var fence = new SyncFile(libc, libc.memfdCreate("fence", FileStructs.MFD_CLOEXEC));
        fence.close();
        fence.close();
        assertThat(libc.count("close")).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(fence::state);
        assertThatIllegalStateException().isThrownBy(fence::exportFd);
    }

    @Test
    void aHeapThatIsClosedAllocatesNothingThroughTheNextFile() throws Exception {
        Files.createFile(Files.createDirectories(root.resolve("dev/dma_heap")).resolve("system"));
        var libc = new ScriptedLibc();
        KernelHeap heap = new LinuxPlatform(libc, root).kernelHeaps().getFirst();
        heap.allocate(AllocationRequest.of(SIZE)).release();
        heap.close();
        heap.close();
        assertThat(libc.held()).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> heap.allocate(AllocationRequest.of(SIZE)));
        assertThat(libc.held()).isEmpty();
    }
}
