package io.dmaheap.testkit.fake;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformWatch;
import io.dmaheap.spi.RestrictedHeapOps;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A context that only remembers what a plugin registers and logs. Safe for use by several threads. */
public final class RecordingContext implements HeapContext, AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Platform platform;
    private final Map<String, String> configuration;
    private final Map<String, Registration> heaps = new ConcurrentSkipListMap<>();
    private final List<Problem> problems = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final RecordingLogger logger = new RecordingLogger();
    private final List<PlatformWatch> watches = new CopyOnWriteArrayList<>();

    /** A context on a platform, without configuration. */
    public RecordingContext(Platform platform) {
        this(platform, Map.of());
    }

    /** A context on a platform, with the plugin's settings. */
    public RecordingContext(Platform platform, Map<String, String> configuration) {
        this.platform = platform;
        this.configuration = Map.copyOf(configuration);
    }

    /** What was registered, by name. */
    public Map<String, Registration> heaps() {
        return Map.copyOf(heaps);
    }

    /** What was reported and not withdrawn, oldest first. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** What was logged, each line as {@code LEVEL message}. */
    public List<String> log() {
        return logger.lines();
    }

    @Override
    public Platform platform() {
        return platform;
    }

    @Override
    public void register(HeapSpec spec, HeapOps ops) {
        put(new Registration.Plain(spec, ops));
    }

    @Override
    public <M extends Memory> void registerRestricted(HeapSpec spec, RestrictedHeapOps<M> ops) {
        put(new Registration.Restricted(spec, ops));
    }

    private void put(Registration registration) {
        String name = registration.spec().name();
        if (heaps.putIfAbsent(name, registration) != null) {
            throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "a heap of that name is registered already")
                    .heap(name)
                    .build();
        }
    }

    /** Looks again at once, on the thread that makes the platform gain something. */
    @Override
    public void probe(Runnable look) {
        watches.add(platform.watch(look));
        look.run();
    }

    @Override
    public void report(Problem problem) {
        withdrawReport(problem.kind(), problem.subject());
        problems.add(problem);
    }

    @Override
    public void withdrawReport(Problem.Kind kind, String subject) {
        problems.removeIf(problem -> problem.kind() == kind && problem.subject().equals(subject));
    }

    /** Remembered as a problem. */
    @Override
    public void quarantine(String heap, long bytes, Throwable refused) {
        problems.add(Problem.of(Problem.Kind.QUARANTINED, heap, bytes + " bytes are withheld", "", refused));
    }

    @Override
    public ExecutorService executor() {
        return executor;
    }

    @Override
    public Cleaner cleaner() {
        return CLEANER;
    }

    @Override
    public System.Logger logger() {
        return logger;
    }

    @Override
    public Map<String, String> configuration() {
        return configuration;
    }

    /** Ends the executor and the looking. */
    @Override
    public void close() {
        watches.forEach(PlatformWatch::close);
        executor.shutdownNow();
    }

    /** A heap as it was registered. */
    public sealed interface Registration {

        /** What the plugin says of it. */
        HeapSpec spec();

        /** What its memory is like. */
        default Traits traits() {
            return spec().traits();
        }

        /** A plain heap. */
        record Plain(HeapSpec spec, HeapOps ops) implements Registration {}

        /** A restricted heap. */
        record Restricted(HeapSpec spec, RestrictedHeapOps<?> ops) implements Registration {}
    }
}
