package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import io.dmaheap.testkit.Insider.Workpiece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What is under way in protected memory keeps it, whether or not the one who began it waits, and whatever is closed meanwhile. So the next
 * owner of the place finds nothing of the last owner's work that goes on, and that work does not find the next owner. The heap needs room
 * for six buffers of {@value #PIECE} bytes.
 */
interface NextOwnerContract extends Subject {
    /** Large enough that work in it outlasts the time limit of its caller. */
    int PIECE = 512 << 10;

    /** What the giver-up writes begins with this, and goes up. */
    int ABANDONED = 3;

    int ROUNDS = 24;

    /** One that is let in; closed by the test. */
    Insider insider();

    @Test
    default void theNextOwnerFindsNothingThatAGiverUpLeftRunning() {
        var random = seeded();
        try (Insider giver = insider();
                Insider next = insider()) {
            for (int round = 0; round < ROUNDS; round++) {
                abandonAFill(giver, random);
                own(next, random.nextLong());
                giver.settle();
                own(next, random.nextLong());
            }
        }
    }

    @Test
    default void theNextOwnerIsNotFoundByWhatAGiverUpLeftRunning() {
        var random = seeded();
        try (Insider giver = insider();
                Insider next = insider()) {
            for (int round = 0; round < ROUNDS; round++) {
                try (Workpiece mine = take(giver)) {
                    mine.fill(0, PIECE, ABANDONED);
                    Supplier<byte[]> found = mine.abandonDump(partOf(() -> mine.dump(0, PIECE), random));
                    own(next, random.nextLong());
                    giver.settle();
                    assertIsOwn(found.get());
                }
            }
        }
    }

    @Test
    default void twoOwnersAndAGiverUpDoNotMeet() throws Exception {
        var random = seeded();
        try (Insider giver = insider();
                Insider one = insider();
                Insider other = insider();
                var threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> all = new ArrayList<>();
            for (Insider owner : List.of(one, other)) {
                var own = new Random(random.nextLong());
                all.add(threads.submit(inRounds(() -> own(owner, own.nextLong()))));
            }
            var given = new Random(random.nextLong());
            all.add(threads.submit(inRounds(() -> abandonAFill(giver, given))));
            for (Future<?> thread : all) {
                thread.get(1, TimeUnit.MINUTES);
            }
            giver.settle();
        }
        assertThat(heaps().usage().buffers()).isZero();
    }

    private static Callable<Void> inRounds(Runnable step) {
        return () -> {
            for (int round = 0; round < ROUNDS; round++) {
                step.run();
            }
            return null;
        };
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.getLogger("io.dmaheap.testkit").log(System.Logger.Level.INFO, "next owner: seed " + seed);
        return new Random(seed);
    }

    private void abandonAFill(Insider giver, Random random) {
        try (Workpiece piece = take(giver)) {
            piece.abandonFill(ABANDONED, partOf(() -> piece.fill(0, PIECE, ABANDONED), random));
        }
    }

    /** Some of the time that the work takes on this machine now, so that it is given up at any point. */
    private static Duration partOf(Runnable work, Random random) {
        long begun = System.nanoTime();
        work.run();
        return Duration.ofNanos(1 + random.nextLong(Math.max(1, System.nanoTime() - begun)));
    }

    private Workpiece take(Insider insider) {
        try (DmaBuf buffer = heap().allocate(PIECE)) {
            return insider.take(buffer);
        }
    }

    /** Takes memory as the next owner does, and looks whether it is its alone. */
    private void own(Insider insider, long seed) {
        byte[] contents = new byte[PIECE];
        new Random(seed).nextBytes(contents);
        try (Workpiece piece = take(insider)) {
            if (heap().traits().zeroed() == Answer.YES) {
                assertThat(piece.sum(0, PIECE))
                        .as("memory that is promised as zeros")
                        .isZero();
            }
            piece.inject(0, contents);
            assertThat(firstDifference(piece.dump(0, PIECE), contents))
                    .as("offset at which a buffer has what its owner did not write, seed " + seed)
                    .isNegative();
        }
    }

    private static int firstDifference(byte[] found, byte[] expected) {
        return Arrays.mismatch(found, expected);
    }

    /** What came out is the giver-up's own, as far as the work came. */
    private static void assertIsOwn(byte[] found) {
        for (int i = 0; i < found.length; i++) {
            if (found[i] != 0 && found[i] != (byte) (ABANDONED + i)) {
                throw new AssertionError(
                        "a read that was given up found byte " + found[i] + " of another owner at " + i);
            }
        }
    }
}
