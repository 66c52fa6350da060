package io.dmaheap.conformance.soak;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PluginInfo;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The program that measures how long allocations wait while a plugin blocks in one callback after the other. For each callback it drops
 * the plugin in, uses it in every way on a thread that so comes to stand in that callback, and meanwhile allocates from the shipped heaps
 * and takes the time of each allocation; from before the plugin is there until it has stood for a while.
 */
final class Bystander {
    /** Where the plugin finds what to call in each callback: an object in the system properties is seen by every class loader. */
    static final String HOOK = "dmaheap.soak.hook";

    /** In place of a callback: where nothing blocks. */
    static final String NOWHERE = "nowhere";

    private static final Duration ARRIVAL = Duration.ofSeconds(30);
    private static final long LOOKS = 20_000_000;
    private static final long SIZE = 4096;

    private final Heaps heaps;
    private final Path jar;
    private final Path dropped;
    private final Duration standing;
    private final List<String> shipped = new ArrayList<>();
    private final AtomicReference<Standstill> standstill = new AtomicReference<>();

    /** Where a thread is to stand, and until when. */
    private record Standstill(String callback, CountDownLatch inside, CountDownLatch over) {
        Standstill(String callback) {
            this(callback, new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    private Bystander(Heaps heaps, Path plugins, Path jar, Duration standing) {
        this.heaps = heaps;
        this.jar = jar;
        this.dropped = plugins.resolve("blocked.jar");
        this.standing = standing;
    }

    /**
     * Arguments: the plugin directory, the plugin's jar, the policy file, how long it stands in each callback in milliseconds, and the
     * file for the report, which gets a line for each callback: {@code blocked CALLBACK STOOD ALLOCATIONS LONGEST WAITED}, with tabs
     * between the words, and the last two in microseconds. The first line is of no callback, for comparison.
     */
    public static void main(String[] arguments) throws Exception {
        Path plugins = Path.of(arguments[0]);
        HeapsOptions options = HeapsOptions.defaults()
                .withPlugins(plugins)
                .withPluginsWatched()
                .withPolicy(Path.of(arguments[2]))
                .withPlatform("emulator");
        try (Heaps heaps = Heaps.open(options)) {
            var bystander = new Bystander(
                    heaps, plugins, Path.of(arguments[1]), Duration.ofMillis(Long.parseLong(arguments[3])));
            Files.write(Path.of(arguments[4]), bystander.measureAll());
        }
        Runtime.getRuntime().halt(0);
    }

    private List<String> measureAll() throws IOException, InterruptedException {
        for (HeapInfo info : heaps.heaps()) {
            shipped.add(info.name());
        }
        Consumer<String> hook = this::enter;
        System.getProperties().put(HOOK, hook);
        measure(NOWHERE); // warms up
        var report = new ArrayList<String>();
        report.add(measure(NOWHERE));
        for (String callback : Jars.callbacks()) {
            report.add(measure(callback));
        }
        return report;
    }

    /** Called by the plugin in each callback. */
    private void enter(String callback) {
        Standstill here = standstill.get();
        if (here == null || !here.callback().equals(callback) || here.inside().getCount() == 0) {
            return;
        }
        here.inside().countDown();
        boolean released = false;
        while (!released) {
            try {
                released = here.over().await(ARRIVAL.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                // and stays
            }
        }
    }

    private String measure(String callback) throws IOException, InterruptedException {
        var here = new Standstill(callback);
        standstill.set(here);
        var visitor = new Thread(this::visit, "visitor");
        visitor.setDaemon(true);
        long count = 0;
        long longest = 0;
        long waited = 0;
        boolean stood;
        drop();
        visitor.start();
        try {
            long begin = System.nanoTime();
            long since = 0;
            while (since == 0 || System.nanoTime() - since < standing.toNanos()) {
                for (String name : shipped) {
                    long busy = busy();
                    long from = System.nanoTime();
                    allocate(name);
                    long took = System.nanoTime() - from;
                    longest = Math.max(longest, took);
                    waited = Math.max(waited, took - (busy() - busy));
                    count++;
                }
                // The visitor that stands nowhere is over at last.
                if (since == 0 && (here.inside().getCount() == 0 || !visitor.isAlive())) {
                    since = System.nanoTime();
                }
                if (since == 0 && System.nanoTime() - begin > ARRIVAL.toNanos()) {
                    break;
                }
            }
            stood = here.inside().getCount() == 0;
        } finally {
            here.over().countDown();
        }
        visitor.join(ARRIVAL);
        awaitGone();
        return "blocked\t" + callback + "\t" + stood + "\t" + count + "\t" + longest / 1000 + "\t" + waited / 1000;
    }

    private void allocate(String name) {
        try (Heap heap = heaps.heap(name);
                DmaBuf buffer = heap.allocate(SIZE)) {
            Reference.reachabilityFence(buffer);
        }
    }

    /** For how long this thread has run, or was ready to run while others did, in nanoseconds; see proc_pid_schedstat(5). */
    private static long busy() throws IOException {
        String[] words =
                Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ");
        return Long.parseLong(words[0]) + Long.parseLong(words[1]);
    }

    private void drop() throws IOException {
        Path made = Files.copy(jar, jar.resolveSibling("made"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(made, dropped, StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitGone() {
        long begin = System.nanoTime();
        while ((heaps.plugins().stream().anyMatch(plugin -> plugin.jar().equals(Optional.of(dropped)))
                        || heaps.usage().overdueCalls() != 0)
                && System.nanoTime() - begin < ARRIVAL.toNanos()) {
            LockSupport.parkNanos(LOOKS);
        }
    }

    /** Everything that calls into the plugin, until it is gone. */
    private void visit() {
        for (String name : List.of(Jars.BLOCKED_PLAIN, Jars.BLOCKED_RESTRICTED)) {
            awaitHeap(name).ifPresent(found -> {
                try (Heap heap = found) {
                    quietly(heap::info);
                    quietly(() -> useABufferOf(heap));
                }
            });
        }
        quietly(heaps::heaps);
        try {
            Files.delete(dropped);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        awaitGone();
    }

    /** Empty if the plugin failed. */
    private Optional<Heap> awaitHeap(String name) {
        long begin = System.nanoTime();
        Optional<Heap> found = heaps.find(name);
        while (found.isEmpty() && !hasFailed() && System.nanoTime() - begin < ARRIVAL.toNanos()) {
            LockSupport.parkNanos(LOOKS);
            found = heaps.find(name);
        }
        return found;
    }

    private boolean hasFailed() {
        return heaps.plugins().stream()
                .anyMatch(plugin ->
                        plugin.jar().equals(Optional.of(dropped)) && plugin.state() == PluginInfo.State.FAILED);
    }

    private static void useABufferOf(Heap heap) {
        var request = AllocationRequest.of(SIZE).withHeapFlags(1).withName("visitor");
        try (DmaBuf buffer = heap.allocate(request)) {
            use(buffer);
        }
    }

    private static void use(DmaBuf buffer) {
        quietly(() -> {
            try (CpuAccess access = buffer.write()) {
                access.segment().fill((byte) 1);
            }
        });
        quietly(() -> buffer.awaitIdle(Access.WRITE, Duration.ofMillis(10)));
        quietly(() -> buffer.exportFence(Access.WRITE).close());
        quietly(buffer::accessList);
        quietly(buffer::secureHandle);
        quietly(buffer::info);
        quietly(() -> buffer.exportFd().close());
    }

    /** What this use comes to does not matter here. */
    private static void quietly(Runnable use) {
        try {
            use.run();
        } catch (HeapException e) {
            return;
        }
    }
}
