package io.dmaheap.core.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapSpec;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a plugin comes to know of what its platform gains. */
@Timeout(60)
class ProbesTests {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final FakePlatform platform = new FakePlatform();
    private final PlatformUse use = new PlatformUse(platform);
    private final HeapRegistry registry = new HeapRegistry(TestHeaps.policy().aliases());
    private final Problems problems = new Problems();
    private final ProviderRunner runner = new ProviderRunner(new Surroundings(
            platform,
            use,
            registry,
            TestHeaps.policy(),
            new MemoryBound(platform::availableMemory, 1),
            problems,
            new CallLimit(Duration.ofSeconds(10), problems),
            new Quarantine(problems)));
    /** How many looks were taken. */
    private final AtomicInteger looks = new AtomicInteger();

    private final Queue<String> events = new ConcurrentLinkedQueue<>();

    @AfterEach
    void nothingIsLeft() {
        use.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    /** A plugin that probes with {@code look}, which is told the number of the look. */
    private Running start(LookAt look) {
        return start(context -> context.probe(() -> look.at(context, looks.incrementAndGet())));
    }

    private Running start(Consumer<HeapContext> onStart) {
        return runner.start(
                "vendor",
                () -> List.of(new FakeProvider("vendor", onStart, () -> events.add("stopped"))),
                getClass().getClassLoader(),
                false);
    }

    private interface LookAt {
        void at(HeapContext context, int number);
    }

    private void register(HeapContext context, String name) {
        context.register(new HeapSpec(name, Traits.SYSTEM), new FakeHeap(platform));
    }

    private void awaitHeap(String name) {
        registry.await(name, LONG).release();
    }

    @Test
    void looksAtOnceAndAgainWhenThePlatformGainsSomething() {
        var running = start((context, number) -> register(context, "heap" + number));
        assertThat(running.heaps()).containsExactly("heap1");
        platform.gain();
        awaitHeap("heap2");
        platform.gain();
        awaitHeap("heap3");
        running.drain(running::stop);
        assertThat(registry.all()).isEmpty();
        platform.gain();
        assertThat(looks).hasValue(3);
    }

    @Test
    void whatIsGainedWhileThePluginStartsIsSeenAsSoonAsItHas() {
        var running = start((HeapContext context) -> {
            context.probe(() -> register(context, "heap" + looks.incrementAndGet()));
            platform.gain();
            assertThat(looks).as("looks beside the start").hasValue(1);
        });
        awaitHeap("heap2");
        running.drain(running::stop);
    }

    @Test
    void oneLookIsTakenAtATimeAndNothingThatComesMeanwhileIsMissed() throws Exception {
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var running = start((context, number) -> {
            events.add("in");
            if (number == 2) {
                looking.countDown();
                await(goOn);
            }
            events.add("out");
            register(context, "heap" + number);
        });
        platform.gain();
        assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
        platform.gain();
        platform.gain();
        goOn.countDown();
        awaitHeap("heap3");
        running.drain(running::stop);
        assertThat(events).containsExactly("in", "out", "in", "out", "in", "out", "stopped");
    }

    @Test
    void aPluginThatGoesAwayWhileItLooksGainsNoHeapAndIsStoppedAfterwards() throws Exception {
        var looking = new CountDownLatch(1);
        var running = start((context, number) -> {
            if (number == 2) {
                looking.countDown();
                awaitInterrupt();
                assertThatThrownBy(() -> register(context, "late")).isInstanceOf(IllegalStateException.class);
                events.add("looked");
                register(context, "late");
            }
        });
        platform.gain();
        assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
        running.drain(running::stop);
        assertThat(events).containsExactly("looked", "stopped");
        assertThat(running.heaps()).isEmpty();
        assertThat(registry.all()).isEmpty();
        assertThat(problems.all()).as("it was told so").isEmpty();
    }

    @Test
    void aHeapThatCameLateIsDrainedAsAnyOther() {
        var running = start((context, number) -> register(context, "heap" + number));
        platform.gain();
        var held = registry.await("heap2", LONG);
        running.drain(running::stop);
        assertThat(registry.find("heap2")).isNull();
        assertThat(events).isEmpty();
        held.release();
        assertThat(events).containsExactly("stopped");
    }

    @Test
    void aLateLookThatFailsIsAProblemUntilOneComesToItsEnd() {
        var running = start((context, number) -> {
            if (number == 2 || number == 3) {
                throw new IllegalArgumentException("of the test");
            }
            register(context, "heap" + number);
        });
        for (int look = 2; look <= 3; look++) {
            platform.gain();
            awaitLooks(look);
            waiting()
                    .untilAsserted(() -> assertThat(problems.all())
                            .singleElement()
                            .satisfies(problem -> {
                                assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
                                assertThat(problem.subject()).isEqualTo("vendor");
                                assertThat(problem.message()).contains("of the test");
                            }));
        }
        platform.gain();
        awaitHeap("heap4");
        waiting().untilAsserted(() -> assertThat(problems.all()).isEmpty());
        running.drain(running::stop);
    }

    @Test
    void whatAPluginReportedEndsWhenItSaysSoOrIsGone() {
        var context = new AtomicReference<HeapContext>();
        var running = start((HeapContext given) -> {
            context.set(given);
            given.report(unusable("one", "at first"));
            given.report(unusable("one", "later"));
            given.report(unusable("two", "too small"));
            given.report(unusable("three", "too far"));
        });
        assertThat(problems.all())
                .extracting(Problem::subject, Problem::message)
                .containsExactlyInAnyOrder(tuple("one", "later"), tuple("two", "too small"), tuple("three", "too far"));

        context.get().withdrawReport(Problem.Kind.UNUSABLE_MEMORY, "two");
        context.get().withdrawReport(Problem.Kind.UNUSABLE_MEMORY, "never reported");
        context.get().withdrawReport(Problem.Kind.PLUGIN_THREW, "one");
        assertThat(problems.all()).extracting(Problem::subject).containsExactlyInAnyOrder("one", "three");

        running.drain(running::stop);
        assertThat(problems.all()).isEmpty();
        context.get().report(unusable("one", "after the end"));
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void aReportOfANewVersionOutlivesTheSameOneOfTheOld() {
        Consumer<HeapContext> onStart = context -> context.report(unusable("one", "too small"));
        var old = start(onStart);
        var fresh = start(onStart);
        old.drain(old::stop);
        assertThat(problems.all()).hasSize(1);
        fresh.drain(fresh::stop);
        assertThat(problems.all()).isEmpty();
    }

    private static Problem unusable(String subject, String message) {
        return Problem.of(Problem.Kind.UNUSABLE_MEMORY, subject, message, "Mend it", null);
    }

    private void awaitLooks(int count) {
        waiting().untilAsserted(() -> assertThat(looks).hasValueGreaterThanOrEqualTo(count));
    }

    private static ConditionFactory waiting() {
        return Awaitility.await().atMost(LONG);
    }

    @Test
    void aFirstLookThatFailsFailsTheStartAndNobodyWatchesOn() {
        var cause = new IllegalArgumentException("of the test");
        assertThatThrownBy(() -> start((_, _) -> {
                    throw cause;
                }))
                .hasCause(cause);
        assertThat(platform.watchers).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As somebody does who is in a long call to a device. */
    private static void awaitInterrupt() {
        try {
            assertThat(new CountDownLatch(1).await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException _) {
            // That is the end of the call.
        }
    }
}
