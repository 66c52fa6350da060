package io.dmaheap.emulator.bus;

import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.List;
import java.util.Optional;

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

    /** For the device. */
    public List<Segment> segments() {
        return ranges.stream()
                .map(range -> new Segment(range.base(), range.size()))
                .toList();
    }

    /** Why there are too many pieces, or too large ones, for a device; empty if there are not. */
    public Optional<String> obstacle(Constraints device) {
        if (device.needsContiguous() && ranges.size() > 1) {
            return Optional.of("it needs contiguous memory, and this is in " + ranges.size() + " pieces");
        }
        if (ranges.size() > device.maxSegments()) {
            return Optional.of("it takes " + device.maxSegments() + " segments, and this has " + ranges.size());
        }
        return ranges.stream()
                .filter(range -> range.size() > device.maxSegmentSize())
                .findFirst()
                .map(range -> "it takes segments of " + device.maxSegmentSize() + " bytes, and " + range + " has "
                        + range.size());
    }
}
