package io.dmaheap.linux;

import io.dmaheap.HeapException;
import java.util.function.Supplier;

/** What somebody does when a step of an operation fails. */
interface Patience {

    /** Takes a step. */
    <T> T step(Supplier<T> step);

    /** As {@link #step(Supplier)}, for a step that brings nothing. */
    default void step(Runnable step) {
        step(() -> {
            step.run();
            return true;
        });
    }

    /** Lets the operation end there. */
    final class None implements Patience {
        @Override
        public <T> T step(Supplier<T> step) {
            return step.get();
        }
    }

    /** Takes the same step again, once. */
    final class Once implements Patience {
        private int failures;

        @Override
        public <T> T step(Supplier<T> step) {
            try {
                return step.get();
            } catch (HeapException _) {
                failures++;
                return step.get();
            }
        }

        /** How often a step had to be taken again. */
        int failures() {
            return failures;
        }
    }
}
