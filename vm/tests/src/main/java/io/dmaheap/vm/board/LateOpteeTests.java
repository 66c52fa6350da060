package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.vm.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The protected heap's node comes after the application, as when OP-TEE's driver finds its firmware late. */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class LateOpteeTests {
    private static final String HEAP = "protected,secure-video";
    private static final Path NODE = Path.of("/dev/dma_heap", HEAP);

    @Test
    void whoAwaitsTheProtectedHeapGetsItWhenOpteeBringsIt() throws Exception {
        Node device = Node.of(NODE);
        Files.delete(NODE);
        try (Heaps heaps = Heaps.open()) {
            assertThat(heaps.find(HEAP)).isEmpty();
            device.make(NODE);
            try (Heap heap = heaps.await(HEAP, Duration.ofMinutes(1))) {
                heap.allocate(4096).close();
            }
        } finally {
            if (!Files.exists(NODE)) {
                device.make(NODE);
            }
        }
    }
}
