package io.dmaheap.core.life;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the references to something that ends once, when it has been closed and the last reference is dropped.
 *
 * <p>Retaining and releasing are one atomic addition each, without a loop, so that they stay cheap when several threads meet. The
 * word holds twice the number of references, and in its lowest bit whether the owner closed it. A retain adds first and looks
 * afterwards: where it finds the bit set, it takes its addition back and fails. Nothing can be retained once that bit is set, so a
 * count that reached zero after it never comes back.
 *
 * <p>The end is reached by whoever brings the word to "closed, no references": a release, the close, or a failed retain that takes
 * its addition back while the last reference is dropped beside it. Failed retains may pass that point again later, so the end is
 * claimed by one more compare-and-set, off the fast path.
 */
public final class RefCount {
    private static final int ONE = 2;
    private static final int CLOSED = 1;
    /** Far below the overflow, so that additions in flight of any number of threads cannot reach it. */
    private static final int LIMIT = 1 << 30;

    /** The most references there can be. */
    static final int MAX = LIMIT / ONE;

    private static final VarHandle WORD;
    private static final VarHandle ENDED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(RefCount.class, "word", int.class);
            ENDED = lookup.findVarHandle(RefCount.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("FieldMayBeFinal") // changed through WORD
    private volatile int word;

    @SuppressWarnings("unused") // used through ENDED
    private volatile boolean ended;

    /** Open, with so many references. */
    RefCount(int references) {
        word = references * ONE;
    }

    /** Open, without references. */
    public static RefCount open() {
        return new RefCount(0);
    }

    /** Closed from the start and held by one reference: ends when that and all retained from it are released. */
    public static RefCount held() {
        var count = new RefCount(1);
        count.word |= CLOSED;
        return count;
    }

    /** What became of a retain. */
    public enum Retained {
        /** There is one reference more. */
        YES,
        /** It was closed. */
        CLOSED,
        /** It was closed, and this attempt was the one that saw the end: the caller must carry it out. */
        ENDED
    }

    /** Takes a reference, unless it is closed. */
    public Retained retain() {
        int before = (int) WORD.getAndAdd(this, ONE);
        if ((before & CLOSED) == 0) {
            if (before >= LIMIT) {
                WORD.getAndAdd(this, -ONE);
                throw overflow();
            }
            return Retained.YES;
        }
        return release() ? Retained.ENDED : Retained.CLOSED;
    }

    /**
     * Takes a reference unless there is none left: for something {@link #held} that others may still look up. A loop, since it must
     * not be seen to add to zero.
     */
    public boolean retainIfHeld() {
        int seen = word;
        while (seen >= ONE) {
            if (seen >= LIMIT) {
                throw overflow();
            }
            int witness = (int) WORD.compareAndExchange(this, seen, seen + ONE);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }

    /**
     * Drops a reference.
     *
     * @return whether this was the end, which the caller must carry out; true once only
     */
    public boolean release() {
        return drop() && claimEnd();
    }

    /**
     * As {@link #release} without claiming the end, which may be seen several times then: for an {@link End}, which is carried out once
     * by itself. Makes no call after the reference was dropped, so it fails before that or not at all.
     */
    public boolean drop() {
        int before = (int) WORD.getAndAdd(this, -ONE);
        if (before < ONE) {
            WORD.getAndAdd(this, ONE);
            throw new IllegalStateException("released more often than retained");
        }
        return before == ONE + CLOSED;
    }

    /**
     * Closes the count to new references.
     *
     * @return whether this was the end, which the caller must carry out; true once only
     */
    public boolean close() {
        int before = (int) WORD.getAndBitwiseOr(this, CLOSED);
        return before == 0 && claimEnd();
    }

    /** The references at this moment. */
    public int references() {
        return word >> 1;
    }

    private boolean claimEnd() {
        return ENDED.compareAndSet(this, false, true);
    }

    private static IllegalStateException overflow() {
        return new IllegalStateException("more than " + MAX + " references: handles are not being closed");
    }
}
