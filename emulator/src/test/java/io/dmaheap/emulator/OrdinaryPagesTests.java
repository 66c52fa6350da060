package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OrdinaryPagesTests {
    private static final long MIB = 1 << 20;
    private static final List<AddressRange> MEMORY =
            List.of(new AddressRange(0x4000_0000L, 48 * MIB), new AddressRange(0x8010_1000L, 16 * MIB));

    private final OrdinaryPages pages = new OrdinaryPages(MEMORY);

    @Test
    void aBufferIsMadeOfTheLargestChunksThatFit() {
        assertThat(pages.take(2 * MIB + 2 * 65536 + 4096))
                .extracting(AddressRange::size)
                .containsExactly(MIB, MIB, 65536L, 65536L, 4096L);
    }

    @Test
    void chunksAreAlignedAndScattered() {
        var taken = pages.take(8 * MIB);
        assertThat(taken).allMatch(range -> range.isAlignedTo(range.size()));
        for (int i = 1; i < taken.size(); i++) {
            assertThat(taken.get(i).base()).isNotEqualTo(taken.get(i - 1).end());
        }
    }

    @Test
    void theSameRequestsGetTheSamePlaces() {
        var other = new OrdinaryPages(MEMORY);
        for (long size : new long[] {4096, 3 * MIB, 65536, 12288}) {
            assertThat(other.take(size)).isEqualTo(pages.take(size));
        }
    }

    @Test
    void theNextPlacesAreToldWithoutTakingThem() {
        for (long size : new long[] {4096, 3 * MIB, 65536, 12288}) {
            var told = pages.next(size);
            assertThat(pages.next(size)).isEqualTo(told);
            assertThat(pages.take(size)).isEqualTo(told);
        }
        assertThat(pages.next(64 * MIB)).as("more than is left").isEmpty();
        assertThat(pages.next(4096)).isEqualTo(pages.take(4096));
    }

    @Test
    void noPageIsGivenTwiceAndEveryPageIsGiven() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var held = new ArrayList<List<AddressRange>>();
        long free = 64 * MIB;
        for (int i = 0; i < 300; i++) {
            long size = 4096L * (1 + random.nextInt(1000));
            if (size > free) {
                var released = held.remove(random.nextInt(held.size()));
                pages.giveBack(released);
                free += released.stream().mapToLong(AddressRange::size).sum();
            } else {
                held.add(pages.take(size));
                free -= size;
            }
        }
        held.add(pages.take(free));
        var all = held.stream()
                .flatMap(List::stream)
                .sorted((a, b) -> Long.compare(a.base(), b.base()))
                .toList();
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i).base())
                    .as("seed " + seed)
                    .isGreaterThanOrEqualTo(all.get(i - 1).end());
        }
        assertThat(all).as("seed " + seed).allMatch(range -> MEMORY.stream().anyMatch(m -> m.contains(range)));
        assertThat(all.stream().mapToLong(AddressRange::size).sum()).isEqualTo(64 * MIB);
    }

    @Test
    void whatDoesNotFitTakesNothing() {
        assertThatIllegalStateException().isThrownBy(() -> pages.take(65 * MIB));
        assertThat(pages.take(64 * MIB)).isNotEmpty();
    }
}
