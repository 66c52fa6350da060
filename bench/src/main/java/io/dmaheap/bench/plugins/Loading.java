package io.dmaheap.bench.plugins;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.pf4j.JarPluginManager;

/**
 * A child process: loads the plugins of a directory once, from a cold start, and prints the nanoseconds that it took, the nanoseconds
 * of processor time of all threads meanwhile, and the KiB of resident memory afterwards.
 *
 * <p>Arguments: {@code dmaheap} or {@code pf4j}, the directory, the number of plugins that must be there afterwards.
 */
final class Loading {
    private Loading() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[1]);
        int expected = Integer.parseInt(args[2]);
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processor = system.getProcessCpuTime();
        long from = System.nanoTime();
        Object loaded = args[0].equals("dmaheap") ? heaps(directory, expected) : pf4j(directory, expected);
        long nanos = System.nanoTime() - from;
        processor = system.getProcessCpuTime() - processor;
        System.gc();
        System.out.println(nanos + " " + processor + " " + resident());
        if (loaded instanceof Heaps heaps) {
            heaps.close();
        }
    }

    private static Heaps heaps(Path directory, int expected) {
        Heaps heaps =
                Heaps.open(HeapsOptions.defaults().withPlatform("emulator").withPlugins(directory));
        long started = heaps.heaps().stream()
                .filter(heap -> heap.name().startsWith("vendor."))
                .count();
        check(started, expected);
        return heaps;
    }

    /** What a project writes that uses PF4J and service loaders as they come. */
    private static JarPluginManager pf4j(Path directory, int expected) {
        var manager = new JarPluginManager(directory);
        manager.loadPlugins();
        manager.startPlugins();
        long providers = manager.getStartedPlugins().stream()
                .flatMap(plugin -> ServiceLoader.load(HeapProvider.class, plugin.getPluginClassLoader()).stream())
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.getClass().getName().startsWith("vendor."))
                .count();
        check(providers, expected);
        return manager;
    }

    private static void check(long got, int expected) {
        if (got != expected) {
            throw new IllegalStateException(got + " plugins instead of " + expected);
        }
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
