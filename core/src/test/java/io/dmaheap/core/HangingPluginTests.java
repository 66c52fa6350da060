package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.fake.Hang;
import io.dmaheap.core.fake.Hang.Manner;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A plugin that does not return from a call into its life cycle. Each test goes on while the plugin's thread stands where it stands, so
 * what it does then has not waited for the plugin.
 */
@Timeout(60)
class HangingPluginTests {
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));

    private final FakePlatform platform = new FakePlatform();
    private final List<Hang> hangs = new ArrayList<>();
    private final AtomicInteger stopped = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        hangs.forEach(Hang::goOn);
        await().untilAsserted(() -> assertThat(platform.closed).hasValue(1));
        platform.assertNothingHeld();
    }

    private Hang hang(Manner manner) {
        var hang = new Hang(manner);
        hangs.add(hang);
        return hang;
    }

    private Heaps open(HeapProvider... plugins) {
        var all = Stream.concat(
                Stream.of(plugins), Stream.of(FakeProvider.of("sound", Traits.SYSTEM, new FakeHeap(platform))));
        return TestHeaps.open(
                platform,
                TestHeaps.policy(
                        "limit.plugin.call = 1s"), // enough for calls that do not hang, on a busy machine as well
                LeakDetection.SAMPLED,
                all.toArray(HeapProvider[]::new));
    }

    private HeapProvider plugin(String id, Consumer<HeapContext> onStart) {
        return new FakeProvider(id, onStart, stopped::incrementAndGet);
    }

    private HeapProvider withHeap(String id, HeapOps ops) {
        return plugin(id, context -> context.register(new HeapSpec(id, Traits.SYSTEM), ops));
    }

    private static void allocateFrom(Heaps heaps, String name) {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            heap.allocate(4096).close();
        }
    }

    private static Problem overdue(Heaps heaps) {
        assertThat(heaps.problems()).singleElement().extracting(Problem::kind).isEqualTo(Problem.Kind.PLUGIN_OVERDUE);
        return heaps.problems().getFirst();
    }

    /** Where the thread is stands in the message, for people, and in the cause, for programs. */
    private static void assertTellsTheStack(Problem problem) {
        assertThat(problem.message()).contains("within 1 s;", "io.dmaheap.core.fake.Hang.here(Hang.java:");
        assertThat(problem.hint()).contains("limit.plugin.call");
        assertThat(problem.cause().orElseThrow().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("here"));
    }

    @ParameterizedTest
    @EnumSource
    void aStartThatHangsFailsItsPluginAloneAndIsStoppedWhenItReturns(Manner manner) {
        Hang hang = hang(manner);
        try (Heaps heaps = open(plugin("slow", context -> {
            context.register(new HeapSpec("before", Traits.SYSTEM), new FakeHeap(platform));
            hang.here();
            context.register(new HeapSpec("late", Traits.SYSTEM), new FakeHeap(platform));
        }))) {
            allocateFrom(heaps, "sound");
            assertThat(heaps.plugins())
                    .filteredOn(plugin -> plugin.id().equals("slow"))
                    .singleElement()
                    .satisfies(plugin -> {
                        assertThat(plugin.state()).isEqualTo(State.FAILED);
                        assertTellsTheStack(plugin.problem().orElseThrow());
                    });
            assertTellsTheStack(overdue(heaps));
            if (manner != Manner.OBEDIENT) {
                assertThat(heaps.usage().overdueCalls()).isEqualTo(1);
                assertThat(stopped).hasValue(0);
            }

            hang.goOn();
            await().untilAsserted(() -> assertThat(heaps.usage().overdueCalls()).isZero());

            assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("sound");
            assertThat(hang.returned()).isEqualTo(1);
        }
    }

    @Test
    void aLateStartThatSucceedsIsStoppedOnce() {
        Hang hang = hang(Manner.DEAF);
        try (Heaps heaps = open(plugin("slow", _ -> hang.here()))) {
            hang.goOn();
            await().untilAsserted(() -> assertThat(heaps.usage().overdueCalls()).isZero());
            assertThat(stopped).hasValue(1);
        }
        assertThat(stopped).hasValue(1);
    }

    @Test
    void aConstructorAndAnIdThatHangFailTheirPlugin() {
        Hang hang = hang(Manner.DEAF);
        HeapProvider slow = new HeapProvider() {
            @Override
            public String id() {
                hang.here();
                return "slow";
            }

            @Override
            public void start(HeapContext context) {
                throw new AssertionError("it was given up");
            }
        };
        try (Heaps heaps = open(slow)) {
            allocateFrom(heaps, "sound");
            assertTellsTheStack(overdue(heaps));
        }
    }

    @Test
    void severalThatHangTakeHardlyLongerThanOne() {
        var slow = IntStream.range(0, 20)
                .mapToObj(i -> {
                    Hang hang = hang(Manner.DEAF);
                    return plugin("slow" + i, _ -> hang.here());
                })
                .toArray(HeapProvider[]::new);
        try (Heaps heaps = open(slow)) {
            allocateFrom(heaps, "sound");
            // All at once: each is still inside.
            assertThat(heaps.usage().overdueCalls()).isEqualTo(20);
            assertThat(heaps.problems()).hasSize(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStatusThatHangsIsUnknownAndKeepsNoListingWaiting(Manner manner) {
        Hang hang = hang(manner);
        var total = new AtomicInteger();
        Heaps open;
        try (Heaps heaps = open(withHeap("slow", new FakeHeapWith(platform) {
            @Override
            public HeapStatus status() {
                total.incrementAndGet();
                hang.here();
                return HeapStatus.UNKNOWN;
            }
        }))) {
            open = heaps;
            assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("slow", "sound");
            allocateFrom(heaps, "sound");
            allocateFrom(heaps, "slow");
            assertTellsTheStack(overdue(heaps));
            assertThat(overdue(heaps).subject()).isEqualTo("slow");
            if (manner != Manner.OBEDIENT) {
                assertThat(heaps.heaps()).hasSize(2);
                assertThat(total).as("it is not asked again while it hangs").hasValue(1);
            }
        }
        // The heap is closed after its status has returned, and the plugin stopped after that.
        if (manner != Manner.OBEDIENT) {
            assertThat(stopped).hasValue(0);
        }
        hang.goOn();
        await().untilAsserted(() -> assertThat(stopped).hasValue(1));
        await().untilAsserted(() -> assertThat(open.problems()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aHeapWhoseCloseHangsKeepsNobodyFromClosing(Manner manner) {
        Hang hang = hang(manner);
        Heaps heaps = open(withHeap("slow", new FakeHeapWith(platform) {
            @Override
            public void close() {
                hang.here();
            }
        }));
        heaps.close();
        if (manner != Manner.OBEDIENT) { // else it is gone
            assertTellsTheStack(overdue(heaps));
        }
        hang.goOn();
        await().untilAsserted(() -> assertThat(stopped).hasValue(1));
        await().untilAsserted(() -> assertThat(heaps.problems()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aStopThatHangsKeepsNobodyFromClosing(Manner manner) {
        Hang hang = hang(manner);
        Heaps heaps = open(new FakeProvider("slow", _ -> {}, hang::here), plugin("other", _ -> {}));
        heaps.close();
        assertThat(stopped).as("the other").hasValue(1);
        if (manner != Manner.OBEDIENT) { // else it is gone
            assertTellsTheStack(overdue(heaps));
            assertThat(overdue(heaps).subject()).isEqualTo("slow");
        }
        hang.goOn();
        await().untilAsserted(() -> assertThat(heaps.problems()).isEmpty());
    }

    @Test
    void aLookThatHangsKeepsNobodyWaitingAndTheNextIsTakenWhenItReturns() {
        Hang hang = hang(Manner.DEAF);
        var looks = new AtomicInteger();
        try (Heaps heaps = open(plugin(
                "slow",
                context -> context.probe(() -> {
                    if (looks.incrementAndGet() == 2) {
                        hang.here();
                    }
                })))) {
            platform.gain();
            hang.awaitInside();
            await().untilAsserted(() -> assertThat(heaps.usage().overdueCalls()).isEqualTo(1));
            platform.gain();
            allocateFrom(heaps, "sound");
            assertTellsTheStack(overdue(heaps));
            assertThat(looks).hasValue(2);
            hang.goOn();
            await().untilAsserted(() -> assertThat(looks).hasValue(3));
            await().untilAsserted(() -> assertThat(heaps.problems()).isEmpty());
        }
    }

    /** A restricted heap whose secure world does not answer. */
    private final class Secret implements RestrictedHeapOps<Memory> {
        private final Hang hang;
        private final AtomicInteger inits = new AtomicInteger();

        Secret(Hang hang) {
            this.hang = hang;
        }

        @Override
        public void init() {
            inits.incrementAndGet();
            hang.here();
        }

        @Override
        public Memory alloc(AllocationRequest request) {
            return platform.memory(request.size());
        }

        @Override
        public void free(Memory memory) {
            memory.release();
        }
    }

    static Stream<Manner> deaf() {
        return Stream.of(Manner.DEAF, Manner.SPINNING, Manner.LOCKED);
    }

    @ParameterizedTest
    @MethodSource("deaf")
    void anInitThatHangsFailsTheAllocationsOfItsHeapUntilItReturns(Manner manner) {
        Hang hang = hang(manner);
        var secret = new Secret(hang);
        try (Heaps heaps = open(
                        plugin("slow", context -> context.registerRestricted(new HeapSpec("slow", VIDEO), secret)));
                Heap heap = heaps.find("slow").orElseThrow()) {
            var first = CompletableFuture.supplyAsync(() -> heap.allocate(4096));
            var second = CompletableFuture.supplyAsync(() -> heap.allocate(4096));
            hang.awaitInside();
            allocateFrom(heaps, "sound");
            for (var allocation : List.of(first, second)) {
                assertThatThrownBy(() -> allocation.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOfSatisfying(HeapException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
                            assertThat(e).hasMessageContainingAll("init", "Hang.here");
                        });
            }
            assertThatThrownBy(() -> heap.allocate(4096)).isInstanceOf(HeapException.class);
            assertThat(secret.inits).as("never called by two at once").hasValue(1);
            assertTellsTheStack(overdue(heaps));

            hang.goOn();
            await().untilAsserted(() -> assertThat(heaps.usage().overdueCalls()).isZero());
            heap.allocate(4096).close();
            assertThat(secret.inits).hasValue(1);
        }
    }

    @Test
    void anInterruptEndsTheWaitForAnInit() throws Exception {
        Hang hang = hang(Manner.DEAF);
        try (Heaps heaps = TestHeaps.open(
                        platform,
                        plugin(
                                "slow",
                                context -> context.registerRestricted(new HeapSpec("slow", VIDEO), new Secret(hang))));
                Heap heap = heaps.find("slow").orElseThrow()) {
            var thrown = new CompletableFuture<Throwable>();
            var allocating = new Thread(() -> {
                try {
                    heap.allocate(4096).close();
                } catch (HeapException e) {
                    thrown.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError(e));
                }
            });
            allocating.start();
            hang.awaitInside();
            allocating.interrupt();
            assertThat(thrown.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
            assertThat(allocating.join(Duration.ofSeconds(30))).isTrue();
            hang.goOn();
            heap.allocate(4096).close();
        }
    }

    /** A heap of which a test changes a part. */
    private static class FakeHeapWith implements HeapOps {
        private final FakePlatform platform;

        FakeHeapWith(FakePlatform platform) {
            this.platform = platform;
        }

        @Override
        public Memory allocate(AllocationRequest request) {
            return platform.memory(request.size());
        }
    }
}
