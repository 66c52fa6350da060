package io.dmaheap.allocators;

/**
 * The free runs of 64 units and more, ordered by length, then by place.
 *
 * <p>Two such runs never begin in the same word, so the word where a run begins names it and the links of the tree fit into
 * arrays with one slot per word: 16 bytes for 64 units. The tree is a treap: a search tree by length and place, a heap by a hash
 * of the name, so its expected depth is logarithmic whatever the order of changes.
 */
final class LongRuns {
    private static final int NIL = 0;

    private final int[] start;
    private final int[] length;
    private final int[] left;
    private final int[] right;
    private int root = NIL;

    /** @param size the units of the chunk */
    LongRuns(int size) {
        int slots = size / Words.BITS + 2;
        start = new int[slots];
        length = new int[slots];
        left = new int[slots];
        right = new int[slots];
    }

    /** Adds a free run; one that is shorter than 64 units is left out. */
    void add(int from, int to) {
        if (to - from >= Words.BITS) {
            int run = name(from);
            start[run] = from;
            length[run] = to - from;
            left[run] = NIL;
            right[run] = NIL;
            root = insert(root, run);
        }
    }

    /** Forgets a run that was added. */
    void remove(int from, int to) {
        if (to - from >= Words.BITS) {
            root = delete(root, name(from));
        }
    }

    /** Where the lowest of the shortest runs of at least {@code atLeast} units begins, or {@link FreeMap#NONE}. */
    int shortest(int atLeast) {
        int best = FreeMap.NONE;
        for (int run = root; run != NIL; ) {
            if (length[run] >= atLeast) {
                best = start[run];
                run = left[run];
            } else {
                run = right[run];
            }
        }
        return best;
    }

    private static int name(int from) {
        return from / Words.BITS + 1;
    }

    private int insert(int tree, int run) {
        if (tree == NIL) {
            return run;
        }
        if (isBefore(run, tree)) {
            int child = insert(left[tree], run);
            left[tree] = child;
            return priority(child) > priority(tree) ? rotateRight(tree) : tree;
        }
        int child = insert(right[tree], run);
        right[tree] = child;
        return priority(child) > priority(tree) ? rotateLeft(tree) : tree;
    }

    private int delete(int tree, int run) {
        if (tree == run) {
            return merge(left[run], right[run]);
        }
        if (isBefore(run, tree)) {
            left[tree] = delete(left[tree], run);
        } else {
            right[tree] = delete(right[tree], run);
        }
        return tree;
    }

    /** Joins two trees of which all of the first comes before all of the second. */
    private int merge(int first, int second) {
        if (first == NIL || second == NIL) {
            return first + second;
        }
        if (priority(first) > priority(second)) {
            right[first] = merge(right[first], second);
            return first;
        }
        left[second] = merge(first, left[second]);
        return second;
    }

    private int rotateRight(int tree) {
        int top = left[tree];
        left[tree] = right[top];
        right[top] = tree;
        return top;
    }

    private int rotateLeft(int tree) {
        int top = right[tree];
        right[tree] = left[top];
        left[top] = tree;
        return top;
    }

    private boolean isBefore(int run, int other) {
        return length[run] != length[other] ? length[run] < length[other] : start[run] < start[other];
    }

    /** A mixed name (the finalizer of MurmurHash3): no two runs have the same, and neighbours have nothing in common. */
    private static int priority(int run) {
        int mixed = run;
        mixed = (mixed ^ mixed >>> 16) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
