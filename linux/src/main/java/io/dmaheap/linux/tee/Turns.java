package io.dmaheap.linux.tee;

import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one session, which take turns, and the requests to stop them.
 *
 * <p>OP-TEE keeps a request with the session, whatever the number of the call, until a command of the session ends
 * (core/kernel/user_ta.c). So only one of them is in the kernel: a request meets no other one, and those in line hold none of the few
 * threads of the secure world, of which the request needs one.
 *
 * <p>Safe for use by several threads.
 */
final class Turns {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final IntConsumer cancel;
    /** Guarded by the lock. */
    private @Nullable Turn running;
    /** Whether a request to stop the one that runs is on its way. Guarded by the lock. */
    private boolean asking;

    /**
     * Nobody runs yet.
     *
     * @param cancel asks the TEE to stop the call of a number, and may take its time
     */
    Turns(IntConsumer cancel) {
        this.cancel = cancel;
    }

    /** One command: in line, running, over. */
    final class Turn {
        private final int cancelId;
        /** Guarded by the lock. */
        private boolean stopped;
        /** Guarded by the lock. */
        private boolean over;

        Turn(int cancelId) {
            this.cancelId = cancelId;
        }

        /** Waits for the turn and runs the command; one that was stopped before does not begin. */
        TeeReply run(Supplier<TeeReply> command) {
            if (!begin()) {
                return TeeReply.of(TeeResult.CANCEL, TeeOrigin.API);
            }
            try {
                return command.get();
            } finally {
                end();
            }
        }

        private boolean begin() {
            lock.lock();
            try {
                while (running != null && !stopped) {
                    // No interrupt ends a command in the kernel either.
                    changed.awaitUninterruptibly();
                }
                if (!stopped) {
                    running = this;
                }
                return !stopped;
            } finally {
                lock.unlock();
            }
        }

        /** After this no request is sent, and none is on its way: it would stop the next command. */
        private void end() {
            lock.lock();
            try {
                over = true;
                while (asking) {
                    changed.awaitUninterruptibly();
                }
                running = null;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Has it leave the line, or the TEE asked to stop it: by another thread, as that may have to wait for the secure world. */
        void stop() {
            lock.lock();
            try {
                if (!stopped && running == this) {
                    Thread.ofPlatform().name("dmaheap-tee-cancel").daemon().start(this::askUntilOver);
                }
                stopped = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /**
         * The first request may come before the command has reached the TEE, and the driver answers 0 to one that the TEE refused, too
         * (drivers/tee/optee/call.c).
         */
        private void askUntilOver() {
            long pause = FIRST_PAUSE_MILLIS;
            try {
                while (askOnce() && !isOverWithin(pause)) {
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean isOverWithin(long millis) throws InterruptedException {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            lock.lock();
            try {
                while (!over && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return over;
            } finally {
                lock.unlock();
            }
        }

        private boolean askOnce() {
            if (!mayAsk()) {
                return false;
            }
            try {
                cancel.accept(cancelId);
            } finally {
                asked();
            }
            return true;
        }

        private boolean mayAsk() {
            lock.lock();
            try {
                boolean may = !over;
                asking |= may;
                return may;
            } finally {
                lock.unlock();
            }
        }

        private void asked() {
            lock.lock();
            try {
                asking = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
