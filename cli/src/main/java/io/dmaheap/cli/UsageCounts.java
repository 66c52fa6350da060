package io.dmaheap.cli;

import io.dmaheap.Usage;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Sizes;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What is held, as text and as JSON. */
final class UsageCounts {
    /** The counts of bytes; the others are numbers of things. */
    private static final Map<String, String> BYTES = Map.of("bytes", "", "quarantined", " quarantined");

    private final SequencedMap<String, Long> counts = new LinkedHashMap<>();

    private UsageCounts(Usage usage) {
        counts.put("heapHandles", usage.heapHandles());
        counts.put("bufferHandles", usage.bufferHandles());
        counts.put("buffers", usage.buffers());
        counts.put("bytes", usage.bytes());
        counts.put("mappings", usage.mappings());
        counts.put("accesses", usage.accesses());
        counts.put("attachments", usage.attachments());
        counts.put("quarantined", usage.quarantined());
        counts.put("teeObjects", usage.teeObjects());
        counts.put("overdueCalls", usage.overdueCalls());
        counts.put("descriptors", usage.descriptors());
        counts.put("fences", usage.fences());
        counts.put("sockets", usage.sockets());
        counts.put("choices", usage.choices());
    }

    /** The counts. */
    static UsageCounts of(Usage usage) {
        return new UsageCounts(usage);
    }

    /** One field for each count, named as in {@link Usage}. */
    JsonObject json() {
        var json = new JsonObject();
        counts.forEach(json::with);
        return json;
    }

    /** Those that are not 0, such as {@code buffers 2, 8 KiB, mappings 1}. */
    String text() {
        return counts.entrySet().stream()
                .filter(count -> count.getValue() != 0)
                .map(count -> BYTES.containsKey(count.getKey())
                        ? Sizes.text(count.getValue()) + BYTES.get(count.getKey())
                        : words(count.getKey()) + " " + count.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
