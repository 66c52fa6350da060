package io.dmaheap.cli.secure;

import io.dmaheap.Access;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Where in the machine's memory something lies, as a device sees it.
 *
 * @param segments in the order of the buffer
 */
record Place(List<Segment> segments) {
    /** Copies the list. */
    Place {
        segments = List.copyOf(segments);
    }

    /** The place of a buffer, as a device sees it that may do this to it. */
    static Place of(DmaBuf buffer, Device device, Access access) {
        try (Attachment attachment = device.attach(buffer);
                DeviceMapping mapping = attachment.map(access)) {
            return new Place(mapping.segments());
        }
    }

    static Place together(List<Place> places) {
        return new Place(
                places.stream().flatMap(place -> place.segments.stream()).toList());
    }

    long bytes() {
        return segments.stream().mapToLong(Segment::length).sum();
    }

    /**
     * A part of a buffer.
     *
     * @param offset bytes from its start
     * @param length bytes
     */
    record Part(long offset, long length) {}

    /** The parts of the buffer at this place that lie in the other place too. */
    List<Part> partsIn(Place other) {
        List<Part> parts = new ArrayList<>();
        long start = 0;
        for (Segment own : segments) {
            for (Segment its : other.segments) {
                long from = Math.max(own.address(), its.address());
                long to = Math.min(own.address() + own.length(), its.address() + its.length());
                if (from < to) {
                    parts.add(new Part(start + from - own.address(), to - from));
                }
            }
            start += own.length();
        }
        return parts;
    }
}
