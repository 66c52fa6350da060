package io.dmaheap.allocators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which units of a chunk are free: a bitmap, one bit per unit, under a binary tree that is kept in arrays. A node knows how many
 * free units begin and end it; what else is known of a node is kept by {@link LongestRuns}, one per alignment in use, and by
 * {@link AlignedBlocks} and {@link ShortRuns} once they are asked for.
 *
 * <p>Node 1 is the root, nodes {@code 2 * i} and {@code 2 * i + 1} are the halves of node {@code i}, and node
 * {@code leaves + w} is word {@code w}. Below a node that is all free or all busy nothing is up to date: taking a range of a
 * million units writes as many nodes as taking two, because the halves are filled in only when one of them changes.
 *
 * <p>Memory for n units: n/8 bytes of bitmap, n/4 of run ends, n/8 for each alignment in use that puts several places into a
 * word, and together no more than that for all larger ones.
 */
final class FreeMap {
    static final int NONE = -1;

    /** What can change of a node, as bits: the free runs at its ends and each summary. */
    private static final long ENDS = 1;

    private static final long SHORT_RUNS = 2;
    private static final long ALIGNED_BLOCKS = 4;
    private static final long FIRST_ALIGNMENT = 8;
    private static final long ALL = -1;
    private static final int MAX_ALIGNMENTS = 60;

    final int size;
    final int leaves;
    /** The units under the root, a power of two; those from {@link #size} on are busy for ever. */
    final int span;

    private final long[] words;
    /** Per node the length of the free run at its start and of the one at its end. */
    private final int[] ends;

    private LongestRuns[] alignments;

    private @Nullable AlignedBlocks alignedBlocks;
    private @Nullable ShortRuns shortRuns;
    /** Up to this span a change may matter to a summary though no summary below shows it. */
    private int unconditionalSpan;

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

    /** The length of the longest free run. */
    int longest() {
        return alignments[0].of(1);
    }

    /** Makes units {@code from} to {@code to} (exclusive) busy; all of them are free. */
    void take(int from, int to) {
        set(from, to, false);
    }

    /** Makes units {@code from} to {@code to} (exclusive) free; all of them are busy. */
    void release(int from, int to) {
        set(from, to, true);
    }

    /** Forgets everything and takes what is allocated. Costs as much as there are words and allocations. */
    void rebuild(Allocations allocations) {
        Arrays.fill(words, 0, size / Words.BITS, -1L);
        Arrays.fill(words, size / Words.BITS, leaves, 0);
        if (size % Words.BITS != 0) {
            words[size / Words.BITS] = Words.mask(0, size % Words.BITS);
        }
        allocations.starts().filter(allocations::beginsAt).forEach(from -> clear(from, allocations.end(from) - 1));
        for (int node = 2 * leaves - 1; node >= leaves; node--) {
            setBits(node, 0, false);
        }
        for (int node = leaves - 1; node > 0; node--) {
            combine(node, span / Integer.highestOneBit(node), ALL);
        }
    }

    private void clear(int first, int last) {
        int firstWord = first / Words.BITS;
        int lastWord = last / Words.BITS;
        long lastMask = -1L >>> ~last;
        if (firstWord == lastWord) {
            words[firstWord] &= ~(-1L << first & lastMask);
            return;
        }
        words[firstWord] &= ~(-1L << first);
        Arrays.fill(words, firstWord + 1, lastWord, 0);
        words[lastWord] &= ~lastMask;
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
        if (length <= Words.BITS && 1L << order >= length && 1L << order < 2L * length && offset == 0) {
            return alignedBlocks().first(length, (int) from);
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
        if (alignments.length == MAX_ALIGNMENTS) {
            // Only a caller that tries every alignment there is, from two origins, comes here; the oldest is built
            // again.
            alignments = new LongestRuns[] {alignments[0]};
        }
        var runs = new LongestRuns(this, order, offset);
        runs.build(1, 0, span);
        alignments = Arrays.copyOf(alignments, alignments.length + 1);
        alignments[alignments.length - 1] = runs;
        unconditionalSpan = Math.max(unconditionalSpan, runs.unconditionalSpan());
        return runs;
    }

    private AlignedBlocks alignedBlocks() {
        if (alignedBlocks == null) {
            alignedBlocks = new AlignedBlocks(this);
            alignedBlocks.build(1, span);
        }
        return alignedBlocks;
    }

    /** The runs of less than 64 units by length, kept from the first call on. */
    ShortRuns shortRuns() {
        if (shortRuns == null) {
            shortRuns = new ShortRuns(this);
            shortRuns.build(1, span);
        }
        return shortRuns;
    }

    /** The lowest busy unit that is not below {@code from}, or {@link #size}. */
    int nextBusy(int from) {
        return Math.min(size, nextBusy(1, 0, span, from));
    }

    /** The lowest busy unit from {@code from} on, or the end of the node. */
    int nextBusy(int node, int at, int nodeSpan, int from) {
        int end = at + nodeSpan;
        if (isAllFree(node, nodeSpan)) {
            return end;
        }
        if (isAllBusy(node)) {
            return Math.max(at, from);
        }
        if (nodeSpan == Words.BITS) {
            return at + Math.min(Words.BITS, Long.numberOfTrailingZeros(~word(node) & -1L << Math.max(0, from - at)));
        }
        int half = nodeSpan >>> 1;
        int middle = at + half;
        if (from < middle) {
            int found = nextBusy(2 * node, at, half, from);
            if (found < middle) {
                return found;
            }
        }
        return nextBusy(2 * node + 1, middle, half, from);
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

    /**
     * Changes the words at both ends of the range, then goes up from both: whole nodes between the two paths are set at once,
     * nodes on them are computed anew as long as something changed below.
     */
    private void set(int from, int to, boolean toFree) {
        int left = leaves + from / Words.BITS;
        int right = leaves + (to - 1) / Words.BITS;
        split(left, right);
        long leftMask = -1L << from;
        long rightMask = -1L >>> -to;
        if (left == right) {
            goUp(left, setBits(left, leftMask & rightMask, toFree), Words.BITS);
            return;
        }
        long leftChanges = setBits(left, leftMask, toFree);
        long rightChanges = setBits(right, rightMask, toFree);
        int nodeSpan = Words.BITS;
        while ((left ^ right) != 1) {
            if ((left & 1) == 0) {
                setAll(left + 1, nodeSpan, toFree);
                leftChanges = ALL;
            }
            if ((right & 1) == 1) {
                setAll(right - 1, nodeSpan, toFree);
                rightChanges = ALL;
            }
            left >>>= 1;
            right >>>= 1;
            nodeSpan <<= 1;
            leftChanges = combine(left, nodeSpan, leftChanges);
            rightChanges = combine(right, nodeSpan, rightChanges);
        }
        goUp(left, leftChanges | rightChanges, nodeSpan);
    }

    /** Brings the halves of uniform nodes above two leaves up to date. */
    private void split(int left, int right) {
        for (int up = Integer.numberOfTrailingZeros(leaves); up > 0; up--) {
            int nodeSpan = Words.BITS << up;
            split(left >>> up, nodeSpan, nodeSpan >>> 1);
            if (left >>> up != right >>> up) {
                split(right >>> up, nodeSpan, nodeSpan >>> 1);
            }
        }
    }

    private void split(int node, int nodeSpan, int half) {
        if (isUniform(node, nodeSpan)) {
            boolean allFree = !isAllBusy(node);
            setAll(2 * node, half, allFree);
            setAll(2 * node + 1, half, allFree);
        }
    }

    private void goUp(int from, long fromChanges, int fromSpan) {
        int node = from;
        long changes = fromChanges;
        int nodeSpan = fromSpan;
        while (node > 1 && (changes != 0 || nodeSpan < unconditionalSpan)) {
            node >>>= 1;
            nodeSpan <<= 1;
            changes = combine(node, nodeSpan, changes);
        }
    }

    private void setAll(int node, int nodeSpan, boolean toFree) {
        ends[2 * node] = toFree ? nodeSpan : 0;
        ends[2 * node + 1] = toFree ? nodeSpan : 0;
        if (nodeSpan == Words.BITS) {
            words[node - leaves] = toFree ? -1L : 0;
        }
        int at = node * nodeSpan - span;
        for (LongestRuns runs : alignments) {
            runs.setAll(node, at, nodeSpan, toFree);
        }
        if (alignedBlocks != null) {
            alignedBlocks.setAll(node, toFree);
        }
        if (shortRuns != null) {
            shortRuns.setAll(node);
        }
    }

    private long setBits(int node, long mask, boolean toFree) {
        long word = toFree ? words[node - leaves] | mask : words[node - leaves] & ~mask;
        words[node - leaves] = word;
        boolean changed = setEnds(node, Long.numberOfTrailingZeros(~word), Long.numberOfLeadingZeros(~word));
        return update(node, Words.BITS, changed, ALL);
    }

    /** Computes a node anew from its halves; takes and returns which summaries changed. */
    private long combine(int node, int nodeSpan, long changes) {
        boolean changed = false;
        if ((changes & ENDS) != 0) {
            int half = nodeSpan >>> 1;
            int prefix = ends[4 * node];
            int suffix = ends[4 * node + 3];
            changed = setEnds(
                    node,
                    prefix == half ? half + ends[4 * node + 2] : prefix,
                    suffix == half ? half + ends[4 * node + 1] : suffix);
        }
        return update(node, nodeSpan, changed, changes);
    }

    private long update(int node, int nodeSpan, boolean endsChanged, long changes) {
        long changed = endsChanged ? ENDS : 0;
        int at = node * nodeSpan - span;
        for (int i = 0; i < alignments.length; i++) {
            if (alignments[i].update(node, at, nodeSpan, (changes & (ENDS | FIRST_ALIGNMENT << i)) != 0)) {
                changed |= FIRST_ALIGNMENT << i;
            }
        }
        if (alignedBlocks != null && (changes & ALIGNED_BLOCKS) != 0 && alignedBlocks.update(node, nodeSpan)) {
            changed |= ALIGNED_BLOCKS;
        }
        if (shortRuns != null && (changes & (ENDS | SHORT_RUNS)) != 0 && shortRuns.update(node, nodeSpan)) {
            changed |= SHORT_RUNS;
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
