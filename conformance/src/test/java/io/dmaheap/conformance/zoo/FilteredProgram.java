package io.dmaheap.conformance.zoo;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A program that uses the emulator and prints what it got. Argument: the plugin directory. */
final class FilteredProgram {
    private FilteredProgram() {}

    public static void main(String[] args) {
        var options = HeapsOptions.defaults().withPlatform("emulator").withPlugins(Path.of(args[0]));
        String backing = System.getProperty("dmaheap.platform.emulator.backing");
        if (backing != null) {
            options = options.withSetting("platform.emulator.backing", backing);
        }
        Heaps.diagnose(options)
                .forEach(finding -> System.out.println("finding " + finding.status() + " " + finding.subject() + ": "
                        + finding.detail() + " " + finding.fix()));
        try (Heaps heaps = Heaps.open(options);
                Heap heap = heaps.heap("system");
                DmaBuf buffer = heap.allocate(4096)) {
            System.out.println("platform " + heaps.platform().reason());
            try (var access = buffer.write()) {
                access.segment().set(ValueLayout.JAVA_BYTE, 4095, (byte) 0x2a);
            }
            try (var access = buffer.read()) {
                System.out.println("descriptor " + buffer.info().descriptor() + ", 0x"
                        + Integer.toHexString(access.segment().get(ValueLayout.JAVA_BYTE, 4095)));
            }
        } catch (HeapException e) {
            System.out.println("refused " + e.code() + " " + e.getMessage());
        }
    }
}
