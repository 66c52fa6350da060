package io.dmaheap.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Time is a number here: a file rests after 3, waits 20 for others, and may move for 100. */
class RestPeriodTests {
    private static final Path ONE = Path.of("one.jar");
    private static final Path TWO = Path.of("two.jar");

    private final Map<Path, Fingerprint> files = new HashMap<>();
    private final RestPeriod motion = new RestPeriod(3, 20, 100, Map.of());

    private void write(Path file, long size, long time) {
        files.put(file, new Fingerprint(size, FileTime.fromMillis(0), null, null, 0, true, false));
        motion.observe(Map.copyOf(files), time);
    }

    @Test
    void whatIsAsItWasIsNotPassedOn() {
        motion.observe(Map.of(), 1);

        assertThat(motion.isPending()).isFalse();
        assertThat(motion.settle(100)).isEmpty();
    }

    @Test
    void aFileIsPassedOnWhenItRests() {
        write(ONE, 1, 0);
        write(ONE, 2, 2);

        assertThat(motion.settle(4)).isEmpty();
        assertThat(motion.settle(5)).contains(Set.of());
        assertThat(motion.settle(5)).isEmpty();
        assertThat(motion.isPending()).isFalse();
    }

    @Test
    void aFileThatGoesRestsAsWell() {
        write(ONE, 1, 0);
        motion.settle(3);
        motion.observe(Map.of(), 10);

        assertThat(motion.settle(12)).isEmpty();
        assertThat(motion.settle(13)).contains(Set.of());
    }

    @Test
    void filesThatComeTogetherArePassedOnTogether() {
        write(ONE, 1, 0);
        write(TWO, 1, 2);

        assertThat(motion.settle(3)).isEmpty();
        assertThat(motion.settle(5)).contains(Set.of());
    }

    @Test
    void aFileThatNeverRestsHoldsUpOthersForAWhileOnly() {
        write(ONE, 1, 0);
        for (int time = 0; time < 20; time++) {
            write(TWO, time, time);
            assertThat(motion.settle(time)).as("at %d", time).isEmpty();
        }
        write(TWO, 20, 20);

        assertThat(motion.settle(20)).contains(Set.of(TWO));
        assertThat(motion.moving()).containsExactly(TWO);
        for (int time = 21; time < 100; time++) {
            write(TWO, time, time);
            assertThat(motion.settle(time)).as("at %d", time).isEmpty();
        }
        write(TWO, 100, 100);
        assertThat(motion.settle(100)).as("as it is, in the end").contains(Set.of());
    }
}
