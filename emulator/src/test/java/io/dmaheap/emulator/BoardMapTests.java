package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapException;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.MemoryMap.Kind;
import io.dmaheap.MemoryMap.Use;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The map of a board shows what is true, also while it changes. */
@ExtendWith(NoLeaks.class)
class BoardMapTests {
    private static final int MIB = 1 << 20;
    private static final String VIDEO = "video@68000000";

    private final Emulator emulator = Emulator.standard();
    private final Platform board = emulator.open(Map.of("pinned", "0x69000000+64K 0x40000000+4K"));

    @AfterEach
    void close() {
        board.close();
    }

    private MemoryArea area(String name) {
        return board.memoryMap().area(name).orElseThrow();
    }

    @Test
    void everyRegionIsAnAreaAndTogetherWithOrdinaryMemoryTheyTileTheBoard() {
        var map = board.memoryMap();
        assertThat(map.machine()).isEqualTo("dmaheap standard board");
        assertThat(map.areas()).filteredOn(area -> area.kind() != Kind.ORDINARY).hasSameSizeAs(board.regions());
        assertThat(map.areas().stream()
                        .mapToLong(area -> area.size().orElseThrow())
                        .sum())
                .isEqualTo(2L << 30);
        assertThat(map.firmware()).singleElement().asString().startsWith("OP-TEE at /firmware/optee");
        assertThat(map.flaws()).isEmpty();
        assertThat(area("linux,cma").flags()).contains(Flag.DEFAULT, Flag.REUSABLE);
        assertThat(area("sdp@52000000").flags()).contains(Flag.NO_MAP, Flag.FOR_PROTECTION);
        assertThat(area("protected@66000000").kind()).isEqualTo(Kind.STANDALONE_CMA);
    }

    @Test
    void aBufferIsShownWhereItLiesWithItsLabelAndClientUntilItIsReleased() {
        var request = AllocationRequest.of(MIB).withName("frame-3").withClient("decoder");
        Memory memory = region(board, VIDEO).take(2 * MIB, request);
        assertThat(area(VIDEO).extents().orElseThrow()).first().satisfies(extent -> {
            assertThat(extent.base()).isEqualTo(0x6820_0000L);
            assertThat(extent.size()).isEqualTo(MIB);
            assertThat(extent.use()).isEqualTo(Use.BUFFER);
            assertThat(extent.label()).contains("frame-3");
            assertThat(extent.client()).contains("decoder");
        });
        assertThat(area(VIDEO).free()).hasValue(31 * MIB - (64 << 10));
        memory.release();
        assertThat(area(VIDEO).extents().orElseThrow()).noneMatch(extent -> extent.use() == Use.BUFFER);
    }

    @Test
    void pinnedPagesOfTheSettingsAndOfATestAreShownOnceAndOnlyWhereTheyMatter() {
        emulator.faults().pin(0x6900_0000L, 128 << 10);
        List<Extent> extents = area(VIDEO).extents().orElseThrow();
        assertThat(extents).allMatch(extent -> extent.use() == Use.PINNED);
        assertThat(extents.stream().mapToLong(Extent::size).sum()).isEqualTo(128 << 10);
        assertThat(board.memoryMap().areas())
                .filteredOn(area -> area.extents().filter(all -> !all.isEmpty()).isPresent())
                .extracting(MemoryArea::name)
                .containsExactly(VIDEO);
    }

    @Test
    void lentMemoryIsShownWithTheBuffersInIt() {
        MemoryRegion region = region(board, "protected@66000000");
        LentRange lent = region.lend(4 * MIB, 4 * MIB);
        board.firewall().orElseThrow().restrict(lent.range(), AccessList.of("gpu", Access.READ_WRITE));
        Memory memory = region.take(
                List.of(new PhysicalRange(region.base() + 5 * MIB, MIB)),
                AllocationRequest.of(MIB).withName("secret"));
        assertThat(area(region.name()).extents().orElseThrow())
                .allMatch(Extent::lent)
                .extracting(Extent::use, Extent::size)
                .containsExactly(tuple(Use.LENT, (long) MIB), tuple(Use.BUFFER, (long) MIB), tuple(Use.LENT, 2L * MIB));
        memory.release();
        board.firewall().orElseThrow().unrestrict(lent.range());
        lent.reclaim();
        assertThat(area(region.name()).extents().orElseThrow()).isEmpty();
    }

    @Test
    void whileOthersAllocateNoPictureShowsTwoBuffersInOnePlaceOrOutsideOfTheArea() throws Exception {
        MemoryRegion region = region(board, VIDEO);
        var stop = new AtomicBoolean();
        List<Thread> others = List.of(0, 8 * MIB).stream()
                .map(offset -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        takeOne(region, offset + (i % 7) * MIB);
                    }
                }))
                .toList();
        try {
            for (int look = 0; look < 300; look++) {
                MemoryArea area = area(VIDEO);
                long next = area.base().orElseThrow();
                for (Extent extent : area.extents().orElseThrow()) {
                    assertThat(extent.base()).isGreaterThanOrEqualTo(next);
                    next = extent.end();
                }
                long runs = area.freeRuns().stream()
                        .mapToLong(MemoryArea.FreeRun::size)
                        .sum();
                assertThat(runs).isEqualTo(area.free().orElseThrow());
            }
        } finally {
            stop.set(true);
            for (Thread other : others) {
                assertThat(other.join(Duration.ofSeconds(30))).isTrue();
            }
        }
    }

    private static void takeOne(MemoryRegion region, long offset) {
        try {
            region.take(offset, AllocationRequest.of(MIB)).release();
        } catch (HeapException e) {
            throw new AssertionError(e);
        }
    }
}
