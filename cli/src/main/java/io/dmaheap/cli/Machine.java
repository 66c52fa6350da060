package io.dmaheap.cli;

import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.util.List;

/** What the command works on: this machine, or one made up by a test. */
interface Machine {
    /** The machine that the command runs on. */
    Machine THIS = new Machine() {
        @Override
        public Heaps open(HeapsOptions options) {
            return Heaps.open(options);
        }

        @Override
        public List<Finding> diagnose(HeapsOptions options) {
            return Heaps.diagnose(options);
        }
    };

    /** As {@link Heaps#open(HeapsOptions)}. */
    Heaps open(HeapsOptions options);

    /** As {@link Heaps#diagnose(HeapsOptions)}. */
    List<Finding> diagnose(HeapsOptions options);
}
