package io.dmaheap.heaps.cma;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Who holds buffers of one heap. */
final class Holders {
    /** More would hide the message that they are part of. */
    private static final int MOST_NAMES = 5;

    private final Set<AreaMemory> buffers = new HashSet<>();

    AreaMemory add(AreaMemory memory) {
        buffers.add(memory);
        return memory;
    }

    void remove(AreaMemory memory) {
        buffers.remove(memory);
    }

    /** The end of a sentence that names those who hold the most, largest first; empty if nobody holds anything. */
    String describe() {
        Map<String, Long> bytes = buffers.stream()
                .collect(Collectors.groupingBy(AreaMemory::holder, Collectors.summingLong(AreaMemory::size)));
        if (bytes.isEmpty()) {
            return "";
        }
        List<String> most = bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_NAMES)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
        int others = bytes.size() - most.size();
        return ", held by " + String.join(", ", most) + (others > 0 ? " and " + others + " more" : "");
    }
}
