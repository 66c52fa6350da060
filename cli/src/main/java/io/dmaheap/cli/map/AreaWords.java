package io.dmaheap.cli.map;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Use;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Says in words what an area is. */
public final class AreaWords {
    private AreaWords() {}

    /** {@code video@68000000, standalone CMA, 32 MiB at 0x68000000, heap video@68000000}. */
    public static String heading(MemoryArea area) {
        List<String> words = new ArrayList<>(List.of(area.name(), kind(area)));
        area.size()
                .ifPresent(size -> words.add(Sizes.text(size)
                        + area.base().stream()
                                .mapToObj(base -> " at " + hex(base))
                                .findFirst()
                                .orElse("")));
        if (area.extents().isEmpty()) {
            area.free().ifPresent(free -> words.add(Sizes.text(free) + " free"));
        }
        if (!area.heaps().isEmpty()) {
            words.add((area.heaps().size() == 1 ? "heap " : "heaps ") + String.join(" and ", area.heaps()));
        }
        return String.join(", ", words);
    }

    /** The kind and the flags: {@code CMA, default}, {@code carveout, no-map, for protection}. */
    public static String kind(MemoryArea area) {
        List<String> words = new ArrayList<>();
        words.add(kind(area.kind()));
        area.flags().stream()
                .sorted()
                .filter(flag -> flag != MemoryMap.Flag.REUSABLE || area.kind() == MemoryMap.Kind.CARVEOUT)
                .map(flag -> flag == MemoryMap.Flag.FOR_PROTECTION ? "for protection" : HeapWords.word(flag))
                .forEach(words::add);
        return String.join(", ", words);
    }

    /** The kind alone. */
    static String kind(MemoryMap.Kind kind) {
        return switch (kind) {
            case ORDINARY -> "ordinary";
            case CMA -> "CMA";
            case STANDALONE_CMA -> "standalone CMA";
            case COHERENT -> "coherent";
            case BOUNCE -> "bounce";
            case CARVEOUT -> "carveout";
        };
    }

    /** {@code 80 MiB in 5 runs, the largest 32 MiB, fragmentation 60 %}. */
    public static String free(MemoryArea area) {
        var runs = area.freeRuns();
        long bytes = runs.stream().mapToLong(MemoryArea.FreeRun::size).sum();
        if (runs.size() <= 1) {
            return bytes == 0 ? "nothing" : Sizes.text(bytes) + " in one run";
        }
        return Sizes.text(bytes) + " in " + runs.size() + " runs, the largest " + Sizes.text(area.largestFreeRun())
                + ", fragmentation " + percent(area.fragmentation());
    }

    /** A share as a whole percentage. */
    public static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    static long bytes(MemoryArea area, Use use) {
        return area.extents().stream()
                .flatMap(List::stream)
                .filter(extent -> extent.use() == use)
                .mapToLong(MemoryMap.Extent::size)
                .sum();
    }

    /** An address, in the way of the kernel. */
    public static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** An address, or a dash. */
    public static String hex(OptionalLong address) {
        return address.isPresent() ? hex(address.getAsLong()) : "-";
    }
}
