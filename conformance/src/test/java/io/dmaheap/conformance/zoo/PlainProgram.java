package io.dmaheap.conformance.zoo;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.lang.ref.Reference;
import java.nio.file.Path;

/** A program that uses the shipped plugins on the emulator, and prints nothing. Argument: the plugin directory. */
final class PlainProgram {
    private PlainProgram() {}

    public static void main(String[] args) {
        var options = HeapsOptions.defaults().withPlatform("emulator").withPlugins(Path.of(args[0]));
        try (Heaps heaps = Heaps.open(options);
                Heap heap = heaps.heap("system");
                DmaBuf buffer = heap.allocate(4096)) {
            heaps.heaps();
            heaps.plugins();
            Reference.reachabilityFence(buffer);
        }
    }
}
