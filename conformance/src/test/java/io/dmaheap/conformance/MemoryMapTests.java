package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryArea;
import io.dmaheap.Problem;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The memory map of the standard board with the shipped plugins: each area names the heaps that give it out. */
class MemoryMapTests {
    private final Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));

    @AfterEach
    void close() {
        heaps.close();
    }

    private List<String> heapsOf(String area) {
        return heaps.memoryMap().areas().stream()
                .filter(one -> one.name().equals(area))
                .findFirst()
                .orElseThrow()
                .heaps();
    }

    @Test
    void eachHeapIsNamedByAnArea() {
        var named = heaps.memoryMap().areas().stream()
                .map(MemoryArea::heaps)
                .flatMap(List::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named)
                .containsExactlyElementsOf(heaps.heaps().stream()
                        .filter(heap -> heap.plugin().startsWith("heaps-"))
                        .map(HeapInfo::name)
                        .sorted()
                        .toList());
    }

    @Test
    void theHeapsOfAnAreaAreThoseThatItsPluginsNameItFor() {
        assertThat(heapsOf("memory")).containsExactly("system");
        assertThat(heapsOf("linux,cma")).containsExactly("default_cma_region");
        assertThat(heapsOf("restricted-cm@50000000")).containsExactly("restricted_mtk_cm");
        assertThat(heapsOf("restricted-cma@60000000")).containsExactly("restricted_mtk_cma");
    }

    @Test
    void noRegionIsWantedByTwoPlugins() {
        assertThat(heaps.problems()).extracting(Problem::kind).doesNotContain(Problem.Kind.DUPLICATE_REGION);
    }
}
