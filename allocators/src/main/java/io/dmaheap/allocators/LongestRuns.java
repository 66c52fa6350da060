package io.dmaheap.allocators;

/**
 * For every node of a {@link FreeMap}, the length of the longest free run inside it that begins at a <em>candidate</em>: a unit
 * whose distance from unit {@code -offset} is a multiple of {@code 1 << order}. With order 0 every unit is a candidate.
 *
 * <p>A node whose value is large enough is certain to hold a place for a request, so a search never goes down in vain: it takes
 * one path to the bottom. A value is kept only for nodes that span more than one candidate, and for words; for larger orders
 * that is a small part of the tree.
 */
final class LongestRuns {
    private final FreeMap map;
    private final int order;
    private final int offset;
    /** The span of the lowest nodes that have a value. */
    private final int lowestSpan;
    /** For orders that put several candidates into a word. */
    private final long candidatesInWord;

    private final int[] longest;

    LongestRuns(FreeMap map, int order, int offset) {
        this.map = map;
        this.order = order;
        this.offset = offset;
        lowestSpan = Math.max(Words.BITS, 2 << order);
        candidatesInWord = order < 6 ? candidatesInWord(order, offset) : 0;
        longest = new int[2 * (map.span / lowestSpan)];
    }

    private static long candidatesInWord(int order, int offset) {
        long candidates = 0;
        for (int bit = -offset & (1 << order) - 1; bit < Words.BITS; bit += 1 << order) {
            candidates |= 1L << bit;
        }
        return candidates;
    }

    boolean isFor(int otherOrder, int otherOffset) {
        return order == otherOrder && offset == otherOffset;
    }

    int of(int node) {
        return longest[node];
    }

    /** Fills in the values of a map that is in use already. */
    void build(int node, int at, int span) {
        if (span < lowestSpan) {
            return;
        }
        if (map.isUniform(node, span)) {
            setAll(node, at, span, !map.isAllBusy(node));
            return;
        }
        if (span > lowestSpan) {
            build(2 * node, at, span >>> 1);
            build(2 * node + 1, at + (span >>> 1), span >>> 1);
        }
        update(node, at, span);
    }

    void setAll(int node, int at, int span, boolean free) {
        if (span >= lowestSpan) {
            longest[node] = free ? at + span - candidate(at) : 0;
        }
    }

    /** The span up to which {@link #update} must be called even if nothing below seems to have changed. */
    int unconditionalSpan() {
        return order >= 6 && offset != 0 ? lowestSpan : 0;
    }

    /**
     * Computes the value of a node anew if it may have changed; returns whether it did.
     *
     * @param changed whether the value or the ends of a half changed
     */
    boolean update(int node, int at, int span, boolean changed) {
        return span >= lowestSpan && (changed || span == lowestSpan && offset != 0) && update(node, at, span);
    }

    private boolean update(int node, int at, int span) {
        int before = longest[node];
        int now;
        if (span > lowestSpan) {
            int middle = at + (span >>> 1);
            int across = middle + map.prefix(2 * node + 1) - candidate(middle - map.suffix(2 * node));
            now = Math.max(across, Math.max(longest[2 * node], longest[2 * node + 1]));
        } else if (order < 6) {
            now = Words.longest(map.word(node), candidatesInWord);
        } else {
            int candidate = candidate(at);
            now = Math.max(free(node, at, span, candidate), free(node, at, span, candidate + (1 << order)));
        }
        longest[node] = now;
        return now != before;
    }

    /** The lowest candidate from {@code from} on that begins {@code length} free units, or {@link FreeMap#NONE}. */
    int first(int length, int from) {
        return longest[1] < length ? FreeMap.NONE : first(length, from, 1, 0, map.span);
    }

    /** Searches a node that holds a place, perhaps below {@code from}. */
    private int first(int length, int from, int node, int at, int span) {
        if (from <= at) {
            return first(length, node, at, span);
        }
        int middle = at + (span >>> 1);
        int inPrefix = candidate(from);
        if (inPrefix + length <= at + map.prefix(node)) {
            return inPrefix;
        }
        if (map.isAllFree(node, span) || from >= at + span) {
            return FreeMap.NONE;
        }
        if (span == lowestSpan) {
            return firstInLowest(length, from, node, at);
        }
        if (from < middle && longest[2 * node] >= length) {
            int found = first(length, from, 2 * node, at, span >>> 1);
            if (found != FreeMap.NONE) {
                return found;
            }
        }
        int across = candidate(Math.max(from, middle - map.suffix(2 * node)));
        if (across + length <= middle + map.prefix(2 * node + 1)) {
            return across;
        }
        return longest[2 * node + 1] >= length ? first(length, from, 2 * node + 1, middle, span >>> 1) : FreeMap.NONE;
    }

    /** Searches a node that is known to hold a place. */
    private int first(int length, int root, int rootAt, int rootSpan) {
        int node = root;
        int at = rootAt;
        int span = rootSpan;
        while (true) {
            int inPrefix = candidate(at);
            if (inPrefix + length <= at + map.prefix(node)) {
                return inPrefix;
            }
            if (span == lowestSpan) {
                return firstInLowest(length, at, node, at);
            }
            span >>>= 1;
            node *= 2;
            if (longest[node] < length) {
                int middle = at + span;
                int across = candidate(middle - map.suffix(node));
                if (across + length <= middle + map.prefix(node + 1)) {
                    return across;
                }
                node++;
                at = middle;
            }
        }
    }

    private int firstInLowest(int length, int from, int node, int at) {
        if (order < 6) {
            long starts = length > Words.BITS ? 0 : Words.starts(map.word(node), length);
            starts &= candidatesInWord & -1L << from - at;
            return starts == 0 ? FreeMap.NONE : at + Long.numberOfTrailingZeros(starts);
        }
        for (int candidate = candidate(from); candidate < at + lowestSpan; candidate += 1 << order) {
            if (free(node, at, lowestSpan, candidate) >= length) {
                return candidate;
            }
        }
        return FreeMap.NONE;
    }

    /** How many units of the node are free from {@code unit} on without a gap. */
    private int free(int node, int at, int span, int unit) {
        return unit == at ? map.prefix(node) : map.nextBusy(node, at, span, unit) - unit;
    }

    private int candidate(int unit) {
        return candidate(unit, order, offset);
    }

    /** The lowest unit from {@code unit} on whose distance from unit {@code -offset} is a multiple of {@code 1 << order}. */
    static int candidate(int unit, int order, int offset) {
        return unit + (-(unit + offset) & (1 << order) - 1);
    }
}
