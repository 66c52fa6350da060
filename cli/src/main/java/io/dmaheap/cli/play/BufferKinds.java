package io.dmaheap.cli.play;

import io.dmaheap.BufferInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How many buffers there were of each kind. */
public final class BufferKinds {
    private final Map<Kind, Long> counts = new LinkedHashMap<>();

    /** Nothing was counted yet. */
    public BufferKinds() {}

    /**
     * What buffers really are.
     *
     * @param heap where they came from
     * @param descriptor what their file descriptor is
     * @param exporter the kernel's name for who made them
     */
    public record Kind(Optional<String> heap, BufferInfo.Descriptor descriptor, Optional<String> exporter) {}

    /** Counts one more. */
    public void add(BufferInfo buffer) {
        counts.merge(new Kind(buffer.heap(), buffer.descriptor(), buffer.exporter()), 1L, Long::sum);
    }

    /** The numbers, in the order in which the kinds came. */
    public Map<Kind, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }
}
