package io.dmaheap.core.fake;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** A place in a plugin's code at which its thread stands until the test lets it go on. */
public final class Hang {
    /** How it stands there. */
    public enum Manner {
        /** Waits, and does not heed interruption. */
        DEAF,
        /** Uses a processor. */
        SPINNING,
        /** Waits for a lock, which cannot be interrupted. */
        LOCKED,
        /** Waits, and returns when it is interrupted. */
        OBEDIENT
    }

    /** Longer than the limit of a test. */
    private static final long LONGEST_SECONDS = 120;

    private final Manner manner;
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final CountDownLatch locked = new CountDownLatch(1);
    private final AtomicInteger returned = new AtomicInteger();

    /** A place. */
    public Hang(Manner manner) {
        this.manner = manner;
        if (manner == Manner.LOCKED) {
            var holder = new Thread(() -> {
                lock.lock();
                try {
                    locked.countDown();
                    awaitDeaf(goOn);
                } finally {
                    lock.unlock();
                }
            });
            holder.setDaemon(true);
            holder.start();
            awaitDeaf(locked);
        }
    }

    /** The plugin comes here. */
    public void here() {
        inside.countDown();
        switch (manner) {
            case DEAF -> awaitDeaf(goOn);
            case SPINNING -> {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
                while (goOn.getCount() > 0 && System.nanoTime() < end) {
                    Thread.yield();
                }
            }
            case LOCKED -> {
                lock.lock();
                lock.unlock();
            }
            case OBEDIENT -> {
                try {
                    goOn.await(LONGEST_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                    // That is the end.
                }
            }
        }
        returned.incrementAndGet();
    }

    private static void awaitDeaf(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await(LONGEST_SECONDS, TimeUnit.SECONDS);
                done = true;
            } catch (InterruptedException _) {
                // Heeds none.
            }
        }
    }

    /** Waits until the plugin is here. */
    public void awaitInside() {
        awaitDeaf(inside);
    }

    /** Whether the plugin has come here. */
    public boolean isInside() {
        return inside.getCount() == 0;
    }

    /** How often the plugin has left. */
    public int returned() {
        return returned.get();
    }

    /** Lets the plugin go on, now and from now on. */
    public void goOn() {
        goOn.countDown();
    }
}
