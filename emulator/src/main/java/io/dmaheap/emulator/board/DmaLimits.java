package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.List;

/**
 * What a device can address by DMA.
 *
 * @param addressBits the width of its addresses: {@code dmaheap,dma-bits}, 1 to 64; 32 unless said, as the kernel assumes
 * @param maxSegments how many pieces a buffer may have: {@code dmaheap,max-segments}; no limit unless said
 * @param maxSegmentSize the bytes of the largest piece: {@code dmaheap,max-segment-size}; no limit unless said
 * @param windows the physical addresses that its buses lead to ({@code dma-ranges}); empty where no bus narrows them
 * @param coherent whether it sees the CPU's caches ({@code dma-coherent})
 */
public record DmaLimits(
        int addressBits, int maxSegments, long maxSegmentSize, List<AddressRange> windows, boolean coherent) {
    /** The number of address bits where a device does not say: {@code DMA_BIT_MASK(32)}. */
    public static final int DEFAULT_ADDRESS_BITS = 32;

    /** The widest addresses there are. */
    public static final int MAX_ADDRESS_BITS = Long.SIZE;

    /** The number of segments where a device does not say. */
    public static final int ANY_SEGMENTS = Integer.MAX_VALUE;

    /** The size of a segment where a device does not say. */
    public static final long ANY_SIZE = Long.MAX_VALUE;

    /** Checks the numbers. */
    public DmaLimits {
        if (addressBits < 1 || addressBits > MAX_ADDRESS_BITS) {
            throw new IllegalArgumentException("1 to 64 address bits, not " + addressBits);
        }
        if (maxSegments < 1) {
            throw new IllegalArgumentException("at least one segment, not " + maxSegments);
        }
        if (maxSegmentSize < 1) {
            throw new IllegalArgumentException("segments of at least one byte, not " + maxSegmentSize);
        }
        windows = List.copyOf(windows);
    }

    /** Whether the device reaches every byte of {@code memory}. */
    public boolean reaches(AddressRange memory) {
        return (addressBits >= Long.SIZE - 1 || memory.end() <= 1L << addressBits)
                && (windows.isEmpty() || windows.stream().anyMatch(window -> window.contains(memory)));
    }
}
