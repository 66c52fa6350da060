package io.dmaheap.core.provider;

import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.OneShotMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Reports, once, that a plugin released memory of the platform again. The heap of the memory names itself when the plugin gives it to the
 * framework as it is or in a {@code ForwardingMemory}; what the plugin has otherwise is reported with the names of its heaps.
 */
final class ReleaseWatch {
    private final String plugin;
    private final Supplier<List<String>> heaps;
    private final Problems problems;
    private final AtomicBoolean told = new AtomicBoolean();

    ReleaseWatch(String plugin, Supplier<List<String>> heaps, Problems problems) {
        this.plugin = plugin;
        this.heaps = heaps;
        this.problems = problems;
    }

    /** Watches memory that the platform gives to the plugin. */
    Memory watch(Memory memory) {
        if (memory instanceof OneShotMemory oneShot) {
            oneShot.onSecondRelease(this::report);
        }
        return memory;
    }

    private void report() {
        if (told.compareAndSet(false, true)) {
            problems.report(Problem.of(
                    Problem.Kind.PLUGIN_THREW,
                    plugin,
                    "released memory of the platform again that it had released before; nothing was done, since the descriptor"
                            + " may be another file by now. It offers the heaps " + heaps.get(),
                    "Report this to the vendor of the plugin",
                    new IllegalStateException("second release")));
        }
    }
}
