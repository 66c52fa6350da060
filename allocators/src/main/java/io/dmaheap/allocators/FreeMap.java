package io.dmaheap.allocators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which units of a chunk are free: a bitmap, one bit per unit, under a binary tree that is kept in arrays. A node knows how many
 * free units begin and end it; what else is known of a node is kept by {@link LongestRuns}, one per alignment in use, and by
 * {@link ShortRuns} once best fit is asked for.
 *
 * <p>Node 1 is the root, nodes {@code 2 * i} and {@code 2 * i + 1} are the halves of node {@code i}, and node
 * {@code leaves + w} is word {@code w}. Below a node that is all free or all busy nothing is up to date: taking a range of a
 * million units writes as many nodes as taking two, because the halves are filled in only when one of them changes.
 *
 * <p>Memory for n units: n/8 bytes of bitmap, n/4 of run ends, n/8 for each alignment below 64 units that is in use and n/8 for
 * all others together; for 2^24 units 8 MiB, 20 MiB when every alignment is in use.
 */
final class FreeMap {
    static final int NONE = -1;

    final int size;
    final int leaves;
    /** The units under the root, a power of two; those from {@link #size} on are busy for ever. */
    final int span;

    private final long[] words;
    /** Per node the length of the free run at its start and of the one at its end. */
    private final int[] ends;

    private LongestRuns[] alignments;

    private @Nullable ShortRuns shortRuns;
    private int free;

    FreeMap(int size) {
        this.size = size;
        int wordCount = (size + Words.BITS - 1) / Words.BITS;
        leaves = wordCount == 1 ? 1 : Integer.highestOneBit(wordCount - 1) << 1;
        span = leaves * Words.BITS;
        words = new long[leaves];
        ends = new int[4 * leaves];
        alignments = new LongestRuns[] {new LongestRuns(this, 0, 0)};
        release(0, size);
    }

    /** How many units are free. */
    int free() {
        return free;
    }

    /** The length of the longest free run. */
    int longest() {
        return alignments[0].of(1);
    }

    /** Makes units {@code from} to {@code to} (exclusive) busy; all of them are free. */
    void take(int from, int to) {
        free -= to - from;
        set(1, 0, span, from, to, false);
    }

    /** Makes units {@code from} to {@code to} (exclusive) free; all of them are busy. */
    void release(int from, int to) {
        free += to - from;
        set(1, 0, span, from, to, true);
    }

    /** The lowest place with {@code length} free units, or {@link #NONE}. */
    int first(int length) {
        return alignments[0].first(length, 0);
    }

    /**
     * The lowest place from {@code from} on with {@code length} free units whose distance from unit {@code -offset} is a multiple
     * of {@code 1 << order}, or {@link #NONE}.
     */
    int first(int length, int order, long offset, long from) {
        if (from >= size) {
            return NONE;
        }
        if (1L << order >= span) {
            return onlyCandidate(length, -offset & (1L << order) - 1, from);
        }
        return runs(order, (int) offset).first(length, (int) from);
    }

    /** Multiples so far apart that the chunk has one place for them at most. */
    private int onlyCandidate(int length, long place, long from) {
        return place >= from && place + length <= size && nextBusy((int) place) - place >= length ? (int) place : NONE;
    }

    private LongestRuns runs(int order, int offset) {
        for (LongestRuns runs : alignments) {
            if (runs.isFor(order, offset)) {
                return runs;
            }
        }
        var runs = new LongestRuns(this, order, offset);
        runs.build(1, 0, span);
        alignments = Arrays.copyOf(alignments, alignments.length + 1);
        alignments[alignments.length - 1] = runs;
        return runs;
    }

    /** The runs of less than 64 units by length, kept from the first call on. */
    ShortRuns shortRuns() {
        if (shortRuns == null) {
            shortRuns = new ShortRuns(this);
            shortRuns.build(1, span);
        }
        return shortRuns;
    }

    boolean isFree(int unit) {
        return nextFree(unit) == unit;
    }

    /** The lowest free unit that is not below {@code from}, or {@link #size}. */
    int nextFree(int from) {
        return from >= size ? size : Math.min(size, next(1, 0, span, from, true));
    }

    /** The lowest busy unit that is not below {@code from}, or {@link #size}. */
    int nextBusy(int from) {
        return from >= size ? size : Math.min(size, next(1, 0, span, from, false));
    }

    /** The lowest unit from {@code from} on that is free or busy as asked, or the end of the node. */
    int next(int node, int at, int nodeSpan, int from, boolean wanted) {
        int end = at + nodeSpan;
        if (isUniform(node, nodeSpan)) {
            return isAllBusy(node) == wanted ? end : Math.max(at, from);
        }
        if (nodeSpan == Words.BITS) {
            long word = wanted ? word(node) : ~word(node);
            return at + Math.min(Words.BITS, Long.numberOfTrailingZeros(word & -1L << Math.max(0, from - at)));
        }
        int half = nodeSpan >>> 1;
        int middle = at + half;
        if (from < middle) {
            int found = next(2 * node, at, half, from, wanted);
            if (found < middle) {
                return found;
            }
        }
        return next(2 * node + 1, middle, half, from, wanted);
    }

    /** The highest busy unit below {@code limit}, or {@link #NONE}. */
    int previousBusy(int limit) {
        return limit == 0 ? NONE : previousBusy(1, 0, span, limit);
    }

    private int previousBusy(int node, int at, int nodeSpan, int limit) {
        if (isAllFree(node, nodeSpan)) {
            return NONE;
        }
        if (isAllBusy(node)) {
            return Math.min(limit, at + nodeSpan) - 1;
        }
        if (nodeSpan == Words.BITS) {
            long busy = ~word(node) & (limit - at >= Words.BITS ? -1L : Words.mask(0, limit - at));
            return busy == 0 ? NONE : at + Words.BITS - 1 - Long.numberOfLeadingZeros(busy);
        }
        int half = nodeSpan >>> 1;
        int middle = at + half;
        if (limit > middle) {
            int found = previousBusy(2 * node + 1, middle, half, limit);
            if (found != NONE) {
                return found;
            }
        }
        return previousBusy(2 * node, at, half, limit);
    }

    /** How many free units begin {@code node}. */
    int prefix(int node) {
        return ends[2 * node];
    }

    /** How many free units end {@code node}. */
    int suffix(int node) {
        return ends[2 * node + 1];
    }

    boolean isAllFree(int node, int nodeSpan) {
        return ends[2 * node] == nodeSpan;
    }

    boolean isAllBusy(int node) {
        return alignments[0].of(node) == 0;
    }

    boolean isUniform(int node, int nodeSpan) {
        return isAllFree(node, nodeSpan) || isAllBusy(node);
    }

    /** The bits of leaf {@code node}, set where free. */
    long word(int node) {
        return words[node - leaves];
    }

    /** Returns whether anything that is known of {@code node} changed; if not, nothing above it can. */
    private boolean set(int node, int at, int nodeSpan, int from, int to, boolean toFree) {
        if (from <= at && at + nodeSpan <= to) {
            setAll(node, at, nodeSpan, toFree);
            return true;
        }
        if (nodeSpan == Words.BITS) {
            return setBits(node, at, Words.mask(Math.max(0, from - at), Math.min(Words.BITS, to - at)), toFree);
        }
        int half = nodeSpan >>> 1;
        int middle = at + half;
        if (isUniform(node, nodeSpan)) {
            boolean allFree = !isAllBusy(node);
            setAll(2 * node, at, half, allFree);
            setAll(2 * node + 1, middle, half, allFree);
        }
        boolean changed = from < middle && set(2 * node, at, half, from, to, toFree);
        changed |= to > middle && set(2 * node + 1, middle, half, from, to, toFree);
        return changed && combine(node, at, nodeSpan);
    }

    private void setAll(int node, int at, int nodeSpan, boolean toFree) {
        ends[2 * node] = toFree ? nodeSpan : 0;
        ends[2 * node + 1] = toFree ? nodeSpan : 0;
        if (nodeSpan == Words.BITS) {
            words[node - leaves] = toFree ? -1L : 0;
        }
        for (LongestRuns runs : alignments) {
            runs.setAll(node, at, nodeSpan, toFree);
        }
        if (shortRuns != null) {
            shortRuns.setAll(node);
        }
    }

    private boolean setBits(int node, int at, long mask, boolean toFree) {
        long word = toFree ? words[node - leaves] | mask : words[node - leaves] & ~mask;
        words[node - leaves] = word;
        boolean changed = setEnds(node, Long.numberOfTrailingZeros(~word), Long.numberOfLeadingZeros(~word));
        for (LongestRuns runs : alignments) {
            changed |= runs.update(node, at, Words.BITS);
        }
        if (shortRuns != null) {
            changed |= shortRuns.update(node, Words.BITS);
        }
        return changed;
    }

    private boolean combine(int node, int at, int nodeSpan) {
        int half = nodeSpan >>> 1;
        int prefix = prefix(2 * node);
        int suffix = suffix(2 * node + 1);
        boolean changed = setEnds(
                node,
                prefix == half ? half + prefix(2 * node + 1) : prefix,
                suffix == half ? half + suffix(2 * node) : suffix);
        for (LongestRuns runs : alignments) {
            changed |= runs.update(node, at, nodeSpan);
        }
        if (shortRuns != null) {
            changed |= shortRuns.update(node, nodeSpan);
        }
        return changed;
    }

    private boolean setEnds(int node, int prefix, int suffix) {
        boolean changed = ends[2 * node] != prefix || ends[2 * node + 1] != suffix;
        ends[2 * node] = prefix;
        ends[2 * node + 1] = suffix;
        return changed;
    }
}
