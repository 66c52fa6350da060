package io.dmaheap.core.life;

import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done once at the end of something: memory given back, counts taken down.
 *
 * <p>It may be reached where the stack or the heap of the JVM is used up: try-with-resources closes a buffer on the very frame that a
 * {@link StackOverflowError} unwinds. So a step that fails for want of either is not lost. The end is kept and carried on later, by
 * whichever thread next ends something or asks for the usage. Keeping it takes neither a frame nor an object.
 *
 * <p>Each step of {@link #carryOut} changes one count or makes one call, and then clears a field that says it is due, without a call
 * in between: the step was carried out, or it is still due.
 */
public abstract class End {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");
    /** More than a plugin or platform needs to give something back. */
    private static final int FRAMES = 200;

    private static final int MOST_FAILURES = 4;

    private static final Object LOCK = new Object();
    /** The ends to be carried on, linked by {@link #next}. Written under {@link #LOCK}. */
    private static volatile @Nullable End kept;

    static {
        Rehearsal.play();
    }

    /** Guarded by {@link #LOCK}. */
    private @Nullable End next;
    /** By other errors than a shortage; used by the thread that has begun it. */
    private int failures;

    /** Whether it is among the kept, or will be tried by the thread that took them; guarded by {@link #LOCK}. */
    private boolean listed;

    /** Whether a thread carries it out or has done so; guarded by this. */
    private boolean begun;

    /** Does what is still due. Called again after it failed with one of the errors of a JVM that is short of stack or heap. */
    protected abstract void carryOut();

    /** Carries it out, unless another thread does or did; what this thread lacks the means for is kept. */
    public final void begin() {
        attempt();
    }

    /** As {@link #begin}; false if it was kept. */
    private boolean attempt() {
        synchronized (this) {
            if (begun) {
                return true;
            }
            begun = true;
        }
        try {
            carryOut();
            return true;
        } catch (VirtualMachineError | LinkageError e) {
            // No call in here, which would find no stack either. A class that is linked for the first time where there
            // is none fails with an
            // error of its own, and may stay broken.
            if (!(e instanceof StackOverflowError) && !(e instanceof OutOfMemoryError) && ++failures == MOST_FAILURES) {
                throw e;
            }
            synchronized (this) {
                begun = false;
            }
            synchronized (LOCK) {
                if (!listed) {
                    listed = true;
                    next = kept;
                    kept = this;
                }
            }
            return false;
        }
    }

    /**
     * Begins by ending the watch, which leads to {@link #begin}.
     *
     * @param watch fails with one of the errors above only if it did not get as far as {@link #begin}
     */
    final void beginThrough(Cleaner.Cleanable watch) {
        try {
            watch.clean();
        } catch (VirtualMachineError | LinkageError e) {
            synchronized (LOCK) {
                if (!listed) {
                    listed = true;
                    next = kept;
                    kept = this;
                }
            }
        }
    }

    /**
     * Fails with a {@link StackOverflowError} where the stack has not room enough to give something back; asked after a call that did, to
     * tell whether the call is to blame or only came too late. Goes down some frames and looks at no stack trace: the JDK's own classes
     * for those do not survive being linked without room.
     */
    protected static void requireRoom() {
        goDown(FRAMES);
    }

    private static int goDown(int frames) {
        return frames == 0 ? 0 : 1 + goDown(frames - 1);
    }

    /** Carries on what other threads lacked the means for. Costs a read where there is nothing to do. */
    public static void carryOn() {
        if (kept != null) {
            carryOnKept();
        }
    }

    private static void carryOnKept() {
        End rest;
        synchronized (LOCK) {
            rest = kept;
            kept = null;
        }
        Throwable failure = null;
        while (rest != null) {
            End end = rest;
            synchronized (LOCK) {
                rest = end.next;
                end.next = null;
                end.listed = false;
            }
            boolean able = true;
            try {
                able = end.attempt();
            } catch (StackOverflowError | OutOfMemoryError e) {
                able = false;
                synchronized (LOCK) {
                    if (!end.listed) {
                        end.listed = true;
                        end.next = kept;
                        kept = end;
                    }
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            if (!able && rest != null) {
                // One stands for all: a stack that is used up is not filled once more for each.
                End tail = rest;
                while (tail.next != null) {
                    tail = tail.next;
                }
                synchronized (LOCK) {
                    tail.next = kept;
                    kept = rest;
                }
                rest = null;
            }
        }
        if (failure != null) {
            tell(failure);
        }
    }

    private static void tell(Throwable failure) {
        try {
            LOG.log(System.Logger.Level.WARNING, "an end that was put off failed", failure);
        } catch (RuntimeException | Error e) {
            return; // there is not even the memory or stack to say so
        }
    }

    /** Fails in each of the ways once, so that the JVM has linked what keeping an end takes before there is no stack to link it. */
    private static final class Rehearsal extends End {
        private int attempts;

        static void play() {
            new Rehearsal().begin();
            while (kept != null) {
                carryOnKept();
            }
        }

        @Override
        protected void carryOut() {
            switch (attempts++) {
                case 0 -> throw new StackOverflowError("rehearsed");
                case 1 -> throw new OutOfMemoryError("rehearsed");
                case 2 -> throw new LinkageError("rehearsed");
                default -> {}
            }
        }
    }
}
