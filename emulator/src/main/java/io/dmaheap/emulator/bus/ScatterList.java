package io.dmaheap.emulator.bus;

import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.PhysicalRange;
import java.util.List;

/**
 * How a buffer lies in physical memory. A device sees memory where the CPU sees it, so these are its DMA addresses too.
 *
 * @param ranges in the order of the buffer, which they make up together
 */
public record ScatterList(List<AddressRange> ranges) {

    /** Copies the list. */
    public ScatterList {
        ranges = List.copyOf(ranges);
    }

    /** Memory in one piece. */
    public static ScatterList of(AddressRange range) {
        return new ScatterList(List.of(range));
    }

    /** For {@link io.dmaheap.spi.PlatformDevice#usability}. */
    public MemoryOutlook outlook() {
        return MemoryOutlook.at(ranges.stream()
                .map(range -> new PhysicalRange(range.base(), range.size()))
                .toList());
    }

    /** For the device. */
    public List<Segment> segments() {
        return ranges.stream()
                .map(range -> new Segment(range.base(), range.size()))
                .toList();
    }
}
