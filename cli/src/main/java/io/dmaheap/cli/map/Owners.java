package io.dmaheap.cli.map;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Use;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose buffers are whose: the client's if one was named, else those of one label. An owner keeps its number in every picture of a
 * series, so that letters and colours mean the same in all.
 */
public final class Owners {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final List<String> names = new ArrayList<>();

    /**
     * The part of one owner in an area.
     *
     * @param number of the owner, from 0
     * @param name its name
     * @param pieces how many parts of the area it has
     * @param bytes in them
     */
    public record Share(int number, String name, int pieces, long bytes) {
        private Share plus(Share other) {
            return new Share(number, name, pieces + other.pieces, bytes + other.bytes);
        }
    }

    /** The owners of these areas, in the order in which they come. */
    public Owners(Collection<MemoryArea> areas) {
        areas.stream()
                .flatMap(area -> area.extents().stream())
                .flatMap(List::stream)
                .filter(extent -> extent.use() == Use.BUFFER)
                .map(Owners::name)
                .distinct()
                .forEach(names::add);
    }

    private static String name(Extent extent) {
        return extent.client().or(extent::label).orElse("unnamed");
    }

    /** All names, by number. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /** The number of the owner of a buffer. */
    public int number(Extent buffer) {
        return names.indexOf(name(buffer));
    }

    /** The letter for a number; there are 52, and then they begin again. */
    public static char letter(int number) {
        return LETTERS.charAt(number % LETTERS.length());
    }

    /** Who has how much of an area, by number. */
    public List<Share> shares(MemoryArea area) {
        Map<Integer, Share> shares = new LinkedHashMap<>();
        for (Extent extent : area.extents().orElse(List.of())) {
            if (extent.use() == Use.BUFFER) {
                var one = new Share(number(extent), name(extent), 1, extent.size());
                shares.merge(one.number(), one, Share::plus);
            }
        }
        return shares.values().stream()
                .sorted((one, other) -> Integer.compare(one.number(), other.number()))
                .toList();
    }
}
