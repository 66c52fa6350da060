package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.OneShotMemory;
import io.dmaheap.spi.Platform;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that a plugin releases twice, or uses after its release, when its place belongs to another buffer. */
class OneShotMemoryTests {
    private static final long SIZE = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void aSecondReleaseOfOrdinaryMemoryTakesNothingFromTheNextOwner(String backing) {
        try (Platform platform = new EmulatorPlatformProvider().open(Map.of("memory", "4M", "backing", backing))) {
            var heap = platform.systemMemory().orElseThrow();
            Memory memory = heap.allocate(AllocationRequest.of(SIZE));
            var reports = reports(memory);
            Mapping mapping = memory.map(Access.READ_WRITE);
            mapping.unmap();
            memory.release();
            Memory next = heap.allocate(AllocationRequest.of(SIZE));
            assertThat(reports).hasValue(0);
            memory.release();
            assertThat(reports).hasValue(1);
            assertThat(heap.status().free()).hasValue(3 * SIZE);
            assertThatIllegalStateException().isThrownBy(() -> memory.map(Access.READ_WRITE));
            assertThatIllegalStateException().isThrownBy(() -> memory.setName("late"));
            assertThatIllegalStateException().isThrownBy(memory::info);
            try (Arena arena = Arena.ofConfined()) {
                assertThatIllegalStateException().isThrownBy(() -> mapping.segment(arena));
            }
            next.release();
            assertThat(heap.status().free()).hasValue(4 * SIZE);
        }
    }

    @Test
    void aSecondReleaseOfProtectedMemoryTakesNothingFromTheNextOwner() {
        try (Platform platform = Emulator.standard().open(Map.of())) {
            MemoryRegion region = region(platform, "restricted-cm@50000000");
            Memory memory = region.take(0, AllocationRequest.of(SIZE));
            var reports = reports(memory);
            memory.exportFd().close();
            memory.release();
            Memory next = region.take(0, AllocationRequest.of(SIZE));
            assertThat(reports).hasValue(0);
            memory.release();
            assertThat(reports).hasValue(1);
            assertThatIllegalStateException().isThrownBy(memory::exportFd);
            assertThatIllegalStateException().isThrownBy(memory::info);
            assertThatIllegalStateException().isThrownBy(() -> memory.setName("late"));
            next.exportFd().close();
            next.release();
            region.take(0, AllocationRequest.of(SIZE)).release();
        }
    }

    private static AtomicInteger reports(Memory memory) {
        var reports = new AtomicInteger();
        assertThat(memory)
                .isInstanceOfSatisfying(
                        OneShotMemory.class, oneShot -> oneShot.onSecondRelease(reports::incrementAndGet));
        return reports;
    }
}
