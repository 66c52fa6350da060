package io.dmaheap.core.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.core.TestHeaps;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost.Running;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProviderRunnerTests {
    private final FakePlatform platform = new FakePlatform();
    private final PlatformUse use = new PlatformUse(platform);
    private final HeapRegistry registry = new HeapRegistry(TestHeaps.policy().aliases());
    private final Problems problems = new Problems();
    private final ProviderRunner runner = new ProviderRunner(new Surroundings(
            platform,
            use,
            registry,
            TestHeaps.policy("plugin.vendor.key = value"),
            new MemoryBound(platform::availableMemory, 1),
            problems,
            new CallLimit(Duration.ofSeconds(10), problems),
            new Quarantine(problems)));
    private final URLClassLoader loader = new URLClassLoader(new URL[0]);

    @AfterEach
    void nothingIsLeft() throws IOException {
        loader.close();
        use.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    private Running start(HeapProvider... providers) {
        return runner.start("vendor", () -> List.of(providers), loader, false);
    }

    private void register(HeapContext context, String name) {
        context.register(new HeapSpec(name, Traits.SYSTEM), new FakeHeap(platform));
    }

    @Test
    void aRunningPluginOffersItsHeapsAndDrainsAtOnceWhenNobodyUsesThem() {
        var stopped = new AtomicInteger();
        var running = start(new FakeProvider("vendor", context -> register(context, "one"), stopped::incrementAndGet));
        assertThat(running.heaps()).containsExactly("one");

        running.drain(running::stop);

        assertThat(stopped).hasValue(1);
        assertThat(running.heaps()).isEmpty();
        assertThat(registry.all()).isEmpty();
    }

    @Test
    void allHeapsAreOutOfReachBeforeThePluginIsAskedToCloseOne() {
        var running = start(FakeProvider.starting("vendor", context -> {
            register(context, "one");
            register(context, "two");
        }));
        LiveHeap one = registry.find("one");
        LiveHeap two = registry.find("two");
        one.release();
        two.release();
        var closing = new AtomicInteger();
        var reached = new ConcurrentLinkedQueue<String>();
        platform.faults.run("close", () -> {
            closing.incrementAndGet();
            for (LiveHeap heap : List.of(one, two)) {
                if (registry.find(heap.name()) != null || heap.retain()) {
                    reached.add(heap.name());
                }
            }
        });

        running.drain(running::stop);

        assertThat(closing).hasValue(2);
        assertThat(reached).isEmpty();
    }

    /** One that was listed before it began to stop, and many that are listed meanwhile. */
    @Test
    void aPluginIsNotAskedForAStatusOnceItStops() throws Exception {
        var late = new AtomicInteger();
        var asked = new AtomicInteger();
        var done = new AtomicBoolean();
        try (var pool = Executors.newFixedThreadPool(3)) {
            var asking = IntStream.range(0, 3)
                    .mapToObj(_ -> pool.submit(() -> {
                        while (!done.get()) {
                            LiveHeap.infos(registry.all());
                        }
                    }))
                    .toList();
            try {
                for (int round = 0; round < 100; round++) {
                    startAskAndStop(asked, late);
                }
            } finally {
                done.set(true);
            }
            for (var one : asking) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(100);
        assertThat(late).hasValue(0);
    }

    private void startAskAndStop(AtomicInteger asked, AtomicInteger late) {
        var stopping = new AtomicBoolean();
        // Of this plugin alone: on a machine that stalls a call into the one before may be overdue, and returns before
        // that is stopped.
        var heap = new FakeHeap(platform);
        heap.onStatus = () -> {
            asked.incrementAndGet();
            late.addAndGet(stopping.get() ? 1 : 0);
        };
        var listed = new AtomicReference<Set<LiveHeap>>(Set.of());
        Consumer<HeapContext> offer = context -> context.register(new HeapSpec("one", Traits.SYSTEM), heap);
        var running = start(new FakeProvider("vendor", offer, () -> {
            stopping.set(true);
            LiveHeap.infos(listed.get());
            LiveHeap.infos(registry.all());
        }));
        listed.set(registry.all());
        LiveHeap.infos(listed.get());

        running.drain(running::stop);
        LiveHeap.infos(listed.get());
    }

    @Test
    void aHandleHoldsThePluginBack() {
        var stopped = new AtomicInteger();
        var running = start(new FakeProvider("vendor", context -> register(context, "one"), stopped::incrementAndGet));
        LiveHeap held = registry.find("one");

        running.drain(running::stop);
        assertThat(stopped).hasValue(0);
        assertThat(registry.find("one")).isNull();

        held.release();
        assertThat(stopped).hasValue(1);
    }

    @Test
    void aStartThatFailsWithdrawsWhatWasRegisteredAndStopsTheProvidersBeforeIt() {
        var stopped = new AtomicInteger();
        var cause = new IllegalStateException("of the test");

        var failure = catchThrowableOfType(
                HeapException.class,
                () -> start(
                        new FakeProvider("first", context -> register(context, "one"), stopped::incrementAndGet),
                        FakeProvider.starting("second", context -> {
                            register(context, "two");
                            throw cause;
                        })));

        assertThat(failure.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
        assertThat(failure).hasCause(cause);
        assertThat(failure.hint()).isPresent();
        assertThat(registry.all()).isEmpty();
        assertThat(stopped).hasValue(1);
    }

    @Test
    void nobodyFindsAHeapBeforeItsWholePluginHasStarted() {
        var stopped = new AtomicInteger();
        var found = new AtomicReference<LiveHeap>();

        assertThatThrownBy(() -> start(
                        new FakeProvider("first", context -> register(context, "one"), stopped::incrementAndGet),
                        FakeProvider.starting("second", context -> {
                            found.set(registry.find("one"));
                            throw new NoClassDefFoundError("of the test");
                        })))
                .isInstanceOf(HeapException.class);

        assertThat(found).hasNullValue();
        assertThat(registry.find("one")).isNull();
        assertThat(stopped).hasValue(1);
    }

    @Test
    void aNameThatWasKeptForAPluginThatFailedIsFreeAgain() {
        assertThatThrownBy(() -> start(FakeProvider.starting("first", context -> {
                    register(context, "one");
                    throw new NoClassDefFoundError("of the test");
                })))
                .isInstanceOf(HeapException.class);

        var running = start(FakeProvider.starting("second", context -> register(context, "one")));

        assertThat(running.heaps()).containsExactly("one");
        running.drain(running::stop);
    }

    @Test
    void theReasonOfAPluginThatCannotWorkReachesTheHost() {
        var reason = HeapException.of(ErrorCode.DEVICE_GONE, "no secure world").build();

        assertThatThrownBy(() -> start(FakeProvider.starting("vendor", context -> {
                    throw reason;
                })))
                .isSameAs(reason);
    }

    @Test
    void aStopThatFailsIsAProblemAndTheOthersAreStopped() {
        var stopped = new AtomicInteger();
        var running = start(
                new FakeProvider("first", context -> {}, stopped::incrementAndGet),
                new FakeProvider("second", context -> {}, () -> {
                    throw new IllegalStateException("of the test");
                }));

        running.drain(running::stop);

        assertThat(stopped).hasValue(1);
        assertThat(problems.all()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.subject()).isEqualTo("vendor");
        });
    }

    @Test
    void tasksOfTheExecutorEndWithThePlugin() throws Exception {
        var begun = new CountDownLatch(1);
        var task = new AtomicReference<Future<?>>();
        var running = start(FakeProvider.starting(
                "vendor",
                context -> task.set(context.executor().submit(() -> {
                    begun.countDown();
                    return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                }))));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        running.drain(running::stop);

        assertThatThrownBy(() -> task.get().get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void aThreadOfTheExecutorThatDropsTheLastReferenceStopsThePluginWithoutWaitingForItself() throws Exception {
        var context = new AtomicReference<HeapContext>();
        var stopped = new AtomicInteger();
        var running = start(new FakeProvider(
                "vendor",
                given -> {
                    register(given, "one");
                    context.set(given);
                },
                stopped::incrementAndGet));
        LiveHeap held = registry.find("one");
        running.drain(running::stop);

        context.get().executor().submit(held::release).get(30, TimeUnit.SECONDS);

        assertThat(stopped).hasValue(1);
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void aThreadLeftBehindIsReportedByName() throws Exception {
        var leave = new CountDownLatch(1);
        var thread = new AtomicReference<Thread>();
        var running = start(FakeProvider.starting(
                "vendor",
                context -> thread.set(Thread.ofPlatform().name("forgotten").start(() -> {
                    try {
                        assertThat(leave.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }))));

        running.drain(running::stop);

        assertThat(problems.all()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.LEAKED_THREAD);
            assertThat(problem.message()).contains("forgotten");
        });
        leave.countDown();
        assertThat(thread.get().join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void whatItChangedOfTheWholeProgramIsReported() throws Exception {
        var out = System.out;
        var locale = Locale.getDefault();
        var zone = TimeZone.getDefault();
        var child = new AtomicReference<Process>();
        try {
            var running = start(FakeProvider.starting("vendor", _ -> {
                System.setOut(new PrintStream(OutputStream.nullOutputStream()));
                Locale.setDefault(Locale.of("tr", "TR"));
                TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
                child.set(begin("sleep", "600"));
            }));

            running.drain(running::stop);

            assertThat(problems.all()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.LEAKED_STATE);
                assertThat(problem.subject()).isEqualTo("vendor");
                assertThat(problem.message())
                        .contains(
                                "System.out",
                                "tr_TR",
                                "Pacific/Kiritimati",
                                "" + child.get().pid());
            });
        } finally {
            System.setOut(out);
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
            child.get().destroyForcibly().waitFor(30, TimeUnit.SECONDS);
        }
    }

    private static Process begin(String... command) {
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatThePluginPutBackIsNotReported() {
        var locale = Locale.getDefault();
        var running = start(new FakeProvider(
                "vendor", _ -> Locale.setDefault(Locale.of("tr", "TR")), () -> Locale.setDefault(locale)));
        running.drain(running::stop);
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void thereIsNoExecutorAfterTheEnd() {
        var context = new AtomicReference<HeapContext>();
        var running = start(FakeProvider.starting("vendor", context::set));
        running.drain(running::stop);

        assertThatThrownBy(() -> context.get().executor()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> register(context.get(), "late")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thePluginsLoaderIsTheContextLoaderInsideEveryOperationAndNotAfter() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        var seen = new AtomicReference<ClassLoader>();
        var running = start(FakeProvider.starting("vendor", context -> {
            seen.set(Thread.currentThread().getContextClassLoader());
            var ops = new FakeHeap(platform);
            ops.maker = request -> {
                seen.set(Thread.currentThread().getContextClassLoader());
                return platform.memory(request.size());
            };
            context.register(new HeapSpec("one", Traits.SYSTEM), ops);
        }));
        assertThat(seen.getAndSet(null)).isSameAs(loader);

        LiveHeap heap = registry.find("one");
        heap.allocate(AllocationRequest.of(1)).release();
        heap.release();

        assertThat(seen).hasValue(loader);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        running.drain(running::stop);
    }

    @Test
    void aPluginSeesItsOwnSettingsAndThePlatform() {
        var context = new AtomicReference<HeapContext>();
        var running = start(FakeProvider.starting("vendor", context::set));

        assertThat(context.get().configuration()).containsEntry("key", "value").hasSize(1);
        assertThat(context.get().platform())
                .isInstanceOfSatisfying(
                        ObservedPlatform.class,
                        view -> assertThat(view.platform()).isSameAs(platform));
        assertThat(context.get().logger().getName()).isEqualTo("io.dmaheap.plugin.vendor");
        assertThat(context.get().cleaner()).isNotNull();
        running.drain(running::stop);
    }
}
