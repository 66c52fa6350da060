package io.dmaheap.conformance.zoo;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * A program that uses the shipped plugins and prints nothing. Arguments: the plugin directory and, unless the platform is to be the one that
 * the framework takes by itself, its name.
 */
final class PlainProgram {
    private PlainProgram() {}

    public static void main(String[] args) {
        var plugins = HeapsOptions.defaults().withPlugins(Path.of(args[0]));
        var options = args.length > 1 ? plugins.withPlatform(args[1]) : plugins;
        try (Heaps heaps = Heaps.open(options);
                Heap heap = heaps.heap("system");
                DmaBuf buffer = heap.allocate(4096)) {
            heaps.heaps();
            heaps.plugins();
            Reference.reachabilityFence(buffer);
        }
    }
}
