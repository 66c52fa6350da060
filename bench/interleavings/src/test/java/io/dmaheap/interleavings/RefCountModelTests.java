package io.dmaheap.interleavings;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.core.life.RefCount;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Every interleaving of a few uses of a count, step by step. */
public class RefCountModelTests {

    /** What a count is: uses succeed until it is closed. */
    public static final class Sequential {
        private boolean closed;

        public boolean use() {
            return !closed;
        }

        public void close() {
            closed = true;
        }
    }

    /** The real count, around something that must be alive while it is used. */
    public static class Counted {
        private final RefCount count = RefCount.open();
        private volatile boolean alive = true;

        @Operation
        public boolean use() {
            switch (count.retain()) {
                case YES -> {
                    if (!alive) {
                        throw new AssertionError("used after its end");
                    }
                    if (count.release()) {
                        end();
                    }
                    return true;
                }
                case ENDED -> end();
                case CLOSED -> {}
            }
            return false;
        }

        @Operation
        public void close() {
            if (count.close()) {
                end();
            }
        }

        private void end() {
            if (!alive) {
                throw new AssertionError("ended twice");
            }
            alive = false;
        }
    }

    /** The usual mistake: looks whether it is open, then counts. */
    public static class LooksFirst {
        private volatile boolean closed;
        private volatile boolean alive = true;

        @Operation
        public boolean use() {
            if (closed) {
                return false;
            }
            if (!alive) {
                throw new AssertionError("used after its end");
            }
            return true;
        }

        @Operation
        public void close() {
            closed = true;
            alive = false;
        }
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(500)
                // A close among the first operations would leave nothing to race for.
                .actorsBefore(0)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(Sequential.class);
    }

    @Test
    void isUsedUntilItIsClosedAndEndsOnce() {
        options().check(Counted.class);
    }

    @Test
    void aCountThatLooksFirstIsFoundOut() {
        assertThatThrownBy(() -> options().check(LooksFirst.class)).isInstanceOf(LincheckAssertionError.class);
    }
}
