package io.dmaheap.conformance;

import io.dmaheap.emulator.secure.SecureWorld;
import java.util.Random;

/**
 * Kills a TEE and revives it. Whoever works comes by, between two steps as well as in the middle of a command, and sometimes that is the
 * moment: so that no clock and no sleeping decides, and a seed tells which moments they were. Safe for use by several threads.
 */
final class Reaper {
    private static final int LONGEST_LIFE = 60;
    private static final int LONGEST_DEATH = 25;

    private final SecureWorld world;
    private final Random random;
    /** Guarded by this. */
    private int left = 1 + LONGEST_LIFE / 2;
    /** Guarded by this. */
    private boolean over;

    /** Alive, about to die, dead, about to be alive: 0 to 3, and so on. */
    private volatile int phase;

    Reaper(SecureWorld world, long seed) {
        this.world = world;
        this.random = new Random(seed);
    }

    /** One moment more. */
    synchronized void comeBy() {
        left--;
        if (left > 0 || over) {
            return;
        }
        if (isAlive(phase)) {
            turn(world::kill);
            left = 1 + random.nextInt(LONGEST_DEATH);
        } else {
            turn(world::revive);
            left = 1 + random.nextInt(LONGEST_LIFE);
        }
    }

    private void turn(Runnable to) {
        phase++;
        to.run();
        phase++;
    }

    /** The TEE lives, and nobody dies any more. */
    synchronized void rest() {
        over = true;
        if (!isAlive(phase)) {
            turn(world::revive);
        }
    }

    /** What {@link #hasLivedSince} and {@link #hasBeenDeadSince} compare with. */
    int phase() {
        return phase;
    }

    boolean hasLivedSince(int then) {
        return then == phase && isAlive(then);
    }

    boolean hasBeenDeadSince(int then) {
        return then == phase && then % 4 == 2;
    }

    private static boolean isAlive(int phase) {
        return phase % 4 == 0;
    }

    int deaths() {
        return (phase + 2) / 4;
    }
}
