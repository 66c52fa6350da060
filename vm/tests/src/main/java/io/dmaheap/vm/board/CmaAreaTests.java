package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.vm.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contiguous areas of the board: what they are called and how much each has. */
@ExtendWith(NoLeaks.class)
class CmaAreaTests {
    private static final long MIB = 1 << 20;
    private static final String DEFAULT = "default_cma_region";
    private static final String VIDEO = "video@68000000";

    private final Heaps heaps = Heaps.open();
    private final Heap defaultArea = heaps.find(DEFAULT).orElseThrow();
    private final Heap video = heaps.find(VIDEO).orElseThrow();

    @AfterEach
    void close() {
        video.close();
        defaultArea.close();
        heaps.close();
    }

    @Test
    void theKernelsTwoNamesOfTheDefaultAreaAreOneHeap() {
        assertThat(Kernel.mappableHeaps()).contains(DEFAULT, "reserved", VIDEO);
        assertThat(heaps.heaps())
                .extracting(HeapInfo::name)
                .contains(DEFAULT, VIDEO)
                .doesNotContain("reserved");
        assertThat(defaultArea.info().aliases()).contains("reserved");
        try (Heap reserved = heaps.find("reserved").orElseThrow()) {
            assertThat(reserved.name()).isEqualTo(DEFAULT);
        }
    }

    @Test
    void whatTheOneNameGivesIsMissingUnderTheOther() {
        long before = defaultArea.info().free().orElseThrow();
        int node = Kernel.openHeap("reserved");
        int fd = Kernel.allocate(node, 8 * MIB, Kernel.RW_CLOEXEC);
        assertThat(defaultArea.info().free()).hasValue(before - 8 * MIB);
        Kernel.close(fd);
        Kernel.close(node);
        assertThat(defaultArea.info().free()).hasValue(before);
    }

    @Test
    void eachAreaHasItsSizeAndItsTraits() {
        assertThat(defaultArea.info().total()).hasValue(128 * MIB);
        assertThat(video.info().total()).hasValue(32 * MIB);
        assertThat(defaultArea.traits()).isEqualTo(Traits.CMA);
        assertThat(video.traits()).isEqualTo(Traits.CMA);
    }

    @Test
    void anExhaustedAreaLeavesTheOtherAlone() {
        assertOtherGivesWhile(video, defaultArea);
        assertOtherGivesWhile(defaultArea, video);
    }

    private static void assertOtherGivesWhile(Heap exhausted, Heap other) {
        List<DmaBuf> all = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        while (true) {
                            all.add(exhausted.allocate(4 * MIB));
                        }
                    })
                    .isInstanceOfSatisfying(HeapException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                        assertThat(e.errno()).contains("ENOMEM");
                        assertThat(e.heap()).contains(exhausted.name());
                        assertThat(e).hasMessageContaining("The CMA area has");
                    });
            assertThat(all).hasSizeGreaterThanOrEqualTo(6);
            other.allocate(4 * MIB).close();
        } finally {
            all.forEach(DmaBuf::close);
        }
        exhausted.allocate(4 * MIB).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT, "reserved", VIDEO})
    void anImportedBufferOfAnAreaIsKnownForWhatItIs(String name) {
        int node = Kernel.openHeap(name);
        int fd = Kernel.allocate(node, MIB, Kernel.RW_CLOEXEC);
        try (DmaBuf imported = heaps.importFd(fd)) {
            assertThat(imported.info().exporter()).contains(name);
            assertThat(imported.traits()).isEqualTo(Traits.CMA);
        }
        Kernel.close(fd);
        Kernel.close(node);
    }
}
