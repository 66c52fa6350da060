package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Heaps whose node appears in devtmpfs while somebody waits, as when a module is loaded. The node is a second one of the system heap's
 * device, made by mknod(1): the kernel makes it in the same way, and inotify tells of it in the same way.
 */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class LateHeapTests {
    private static final Path SYSTEM = Path.of("/dev/dma_heap/system");
    private static final Path LATE = Path.of("/dev/dma_heap/late@1000");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void whoAwaitsAHeapGetsItWhenItsNodeAppears() throws Exception {
        try (Heaps heaps = Heaps.open()) {
            assertThat(heaps.find("late@1000")).isEmpty();
            Node.of(SYSTEM).make(LATE);
            try (Heap late = heaps.await("late@1000", PATIENCE);
                    DmaBuf buffer = late.allocate(4096);
                    CpuAccess access = buffer.read()) {
                assertThat(late.info().node().map(HeapInfo.NodeInfo::path)).contains(LATE.toString());
                assertThat(access.segment().get(ValueLayout.JAVA_LONG, 0)).isZero();
            }
        } finally {
            Files.deleteIfExists(LATE);
        }
    }

    @Test
    void whoAsksForLinuxGetsItBeforeThereIsAHeapAndTheHeapsWhenTheyCome() throws Exception {
        Map<Path, Node> all = new LinkedHashMap<>();
        for (Path node : list()) {
            all.put(node, Node.of(node));
        }
        for (Path node : all.keySet()) {
            Files.delete(node);
        }
        Files.delete(SYSTEM.getParent());
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("linux"))) {
            assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("udmabuf");
            assertThat(heaps.platform().reason()).contains("is missing");
            restore(all);
            try (Heap system = heaps.await("system", PATIENCE)) {
                system.allocate(4096).close();
            }
        } finally {
            restore(all);
        }
    }

    private static List<Path> list() throws IOException {
        try (Stream<Path> nodes = Files.list(SYSTEM.getParent())) {
            return nodes.sorted().toList();
        }
    }

    private static void restore(Map<Path, Node> all) throws Exception {
        Files.createDirectories(SYSTEM.getParent());
        for (var entry : all.entrySet()) {
            if (!Files.exists(entry.getKey())) {
                entry.getValue().make(entry.getKey());
            }
        }
    }
}
