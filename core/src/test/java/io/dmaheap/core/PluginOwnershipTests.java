package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.fake.FakeRegion;
import io.dmaheap.core.provider.PolicyHeaps;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one plugin cannot do to another. */
class PluginOwnershipTests {
    private final FakePlatform platform = new FakePlatform();

    @AfterEach
    void nothingIsLeft() {
        platform.assertNothingHeld();
    }

    private FakeProvider offering(String plugin, String... heaps) {
        return FakeProvider.starting(plugin, context -> {
            for (String heap : heaps) {
                context.register(new HeapSpec(heap, Traits.SYSTEM), new FakeHeap(platform));
            }
        });
    }

    /** The same provider in a class that comes from another place. */
    private static HeapProvider elsewhere(FakeProvider provider) {
        return (HeapProvider) Proxy.newProxyInstance(
                PluginOwnershipTests.class.getClassLoader(),
                new Class<?>[] {HeapProvider.class},
                (_, method, arguments) -> method.invoke(provider, arguments));
    }

    @Test
    void ofTwoProvidersOnThePathThatShareAnIdNeitherIsStartedWhicheverIsFirst() {
        HeapProvider here = offering("vendor", "one");
        HeapProvider there = elsewhere(offering("vendor", "two"));
        for (var order : List.of(List.of(here, there), List.of(there, here))) {
            try (Heaps heaps =
                    TestHeaps.open(platform, order.getFirst(), order.getLast(), offering("other", "three"))) {
                assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("three");
                assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(Problem.Kind.DUPLICATE_PLUGIN);
                    assertThat(problem.subject()).isEqualTo("vendor");
                    assertThat(problem.message())
                            .contains(
                                    here.getClass().getName(), there.getClass().getName());
                });
                assertThat(heaps.plugins())
                        .extracting(
                                PluginInfo::id,
                                PluginInfo::state,
                                plugin -> plugin.problem().isPresent())
                        .containsExactlyInAnyOrder(
                                tuple("vendor", State.FAILED, true),
                                tuple("vendor", State.FAILED, true),
                                tuple("other", State.STARTED, false));
            }
        }
    }

    @Test
    void providersOnThePathThatComeTogetherWithOneIdAreOnePlugin() {
        try (Heaps heaps = TestHeaps.open(platform, offering("vendor", "one"), offering("vendor", "two"))) {
            assertThat(heaps.plugins()).singleElement().satisfies(plugin -> {
                assertThat(plugin.id()).isEqualTo("vendor");
                assertThat(plugin.heaps()).containsExactly("one", "two");
            });
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void aProviderOnThePathCannotPassForThePolicy() {
        try (Heaps heaps = TestHeaps.open(platform, offering(PolicyHeaps.ID, "one"))) {
            assertThat(heaps.heaps()).isEmpty();
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(
                            problem -> assertThat(problem.message()).contains("policy", FakeProvider.class.getName()));
        }
    }

    @Test
    void twoHeapsOfOneNameCostThatNameOnlyWhicheverPluginIsFirst() {
        for (var order : List.of(List.of("one", "two"), List.of("two", "one"))) {
            try (Heaps heaps = TestHeaps.open(
                    platform,
                    offering(order.getFirst(), "shared", "of-" + order.getFirst()),
                    offering(order.getLast(), "of-" + order.getLast(), "shared"))) {
                assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("of-one", "of-two");
                assertThat(heaps.find("shared")).isEmpty();
                assertThat(heaps.plugins()).extracting(PluginInfo::state).containsExactly(State.STARTED, State.STARTED);
                assertThat(heaps.problems())
                        .extracting(Problem::kind, Problem::subject)
                        .containsExactlyInAnyOrder(
                                tuple(Kind.DUPLICATE_HEAP, "one"), tuple(Kind.DUPLICATE_HEAP, "two"));
            }
        }
    }

    @Test
    void aHandleOfAHeapThatLosesItsNameStaysGood() {
        var late = new AtomicReference<HeapContext>();
        try (Heaps heaps =
                        TestHeaps.open(platform, offering("one", "shared"), FakeProvider.starting("two", late::set));
                Heap mine = heaps.find("shared").orElseThrow()) {
            late.get().register(new HeapSpec("shared", Traits.SYSTEM), new FakeHeap(platform));

            assertThat(heaps.find("shared")).isEmpty();
            try (var buffer = mine.allocate(4096)) {
                assertThat(buffer.size()).isEqualTo(4096);
                assertThat(heaps.usage().buffers()).isEqualTo(1);
            }
        }
    }

    @Test
    void aNameCannotBeRegisteredTwiceByOnePlugin() {
        try (Heaps heaps = TestHeaps.open(platform, offering("one", "same", "same"))) {
            assertThat(heaps.plugins().getFirst().state()).isEqualTo(State.FAILED);
            assertThat(heaps.heaps()).isEmpty();
        }
    }

    @Test
    void onlyARestrictedHeapOrAKernelsCanBeCalledProtected() {
        var video = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
        KernelHeap madeUp = new KernelHeap() {
            @Override
            public String name() {
                return "protected,secure-video";
            }

            @Override
            public Memory allocate(AllocationRequest request) {
                return platform.memory(request.size());
            }
        };
        List<Throwable> refusals = new ArrayList<>();
        try (Heaps heaps = TestHeaps.open(platform, FakeProvider.starting("impostor", context -> {
            var spec = new HeapSpec("protected,secure-video", video);
            refusals.add(catchThrowable(() -> context.register(spec, new FakeHeap(platform))));
            refusals.add(catchThrowable(() -> context.register(spec, madeUp)));
        }))) {
            assertThat(refusals)
                    .hasSize(2)
                    .allSatisfy(refusal -> assertThat(refusal)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("registerRestricted"));
            assertThat(heaps.heaps()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"protected,secure-video", "system", "named"})
    void aKernelHeapIsProtectedIfItsNameOrTheOperatorSaysSo(String name) {
        var video = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
        var refused = new AtomicReference<Throwable>();
        platform.kernelHeaps.add(name);
        try (Heaps heaps = TestHeaps.open(
                platform,
                TestHeaps.policy("plugin.vendor.protected-heap-name = named"),
                LeakDetection.SAMPLED,
                FakeProvider.starting(
                        "vendor",
                        context -> refused.set(catchThrowable(() -> context.register(
                                new HeapSpec("protected,video", video),
                                context.platform().kernelHeaps().getFirst())))))) {
            assertThat(heaps.find("protected,video").isPresent()).isEqualTo(!name.equals("system"));
            assertThat(refused.get() == null).isEqualTo(!name.equals("system"));
        }
    }

    @Test
    void whatAPluginWithholdsIsCheckedBeforeItIsCounted() {
        var mine = new AtomicReference<HeapContext>();
        try (Heaps heaps = TestHeaps.open(
                platform,
                FakeProvider.starting("vendor", context -> {
                    mine.set(context);
                    context.register(new HeapSpec("mine", Traits.SYSTEM), new FakeHeap(platform));
                }),
                offering("neighbour", "theirs"))) {
            var refused = new IllegalStateException("of the test");
            var context = mine.get();
            assertThatThrownBy(() -> context.quarantine("theirs", 4096, refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not its own");
            assertThatThrownBy(() -> context.quarantine("mine", -4096, refused))
                    .isInstanceOf(IllegalArgumentException.class);
            context.quarantine("mine", 8192, refused);
            assertThatThrownBy(() -> context.quarantine("mine", Long.MAX_VALUE, refused))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heaps.usage().quarantined()).isEqualTo(8192);
            assertThat(heaps.problems()).hasSize(1);
        }
    }

    /** A restricted heap that gives out what {@code maker} makes. */
    private static FakeProvider restricted(String plugin, Function<HeapContext, HeapOps> maker) {
        var video = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
        return FakeProvider.starting(
                plugin,
                context -> FakeProvider.register(
                        context, new HeapSpec("secret-of-" + plugin, video), maker.apply(context)));
    }

    private Memory claiming(long size) {
        return new ForwardingMemory(platform.memory(size)) {
            @Override
            public Memory backing() {
                return this;
            }

            @Override
            public Optional<AccessList> accessList() {
                return Optional.of(AccessList.of("decoder", Access.READ_WRITE));
            }
        };
    }

    private static HeapException refusal(Heaps heaps, String name) {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            return catchThrowableOfType(HeapException.class, () -> heap.allocate(4096));
        }
    }

    @Test
    void whereThereIsAFirewallOnlyMemoryThatItClosesIsGivenOutAsProtected() {
        platform.firewalled = true;
        platform.regions.add(new FakeRegion(platform, "pool"));
        try (Heaps heaps = TestHeaps.open(
                platform,
                restricted("impostor", context -> request -> platform.memory(request.size())),
                restricted("liar", context -> request -> claiming(request.size())),
                restricted(
                        "honest",
                        context -> request ->
                                context.platform().regions().getFirst().take(0, request)))) {
            for (String impostor : List.of("impostor", "liar")) {
                var refusal = refusal(heaps, "secret-of-" + impostor);
                assertThat(refusal.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
                assertThat(refusal).hasMessageContaining("not protected");
                assertThat(platform.memories).as("given back").hasValue(0);
            }
            try (Heap heap = heaps.find("secret-of-honest").orElseThrow();
                    DmaBuf buffer = heap.allocate(4096)) {
                assertThat(Protection.require(buffer, "secure-video").useCase()).isEqualTo("secure-video");
            }
        }
    }

    @Test
    void memoryThatIsNotProtectedIsRefusedAsSuchAlsoIfItCannotBeGivenBack() {
        platform.firewalled = true;
        HeapOps stubborn = request -> new ForwardingMemory(platform.memory(request.size())) {
            @Override
            public void release() {
                super.release();
                throw new IllegalStateException("stubborn");
            }
        };
        try (Heaps heaps = TestHeaps.open(platform, restricted("impostor", context -> stubborn))) {
            var refusal = refusal(heaps, "secret-of-impostor");

            assertThat(refusal).hasMessageContaining("not protected");
            assertThat(platform.memories).hasValue(0);
        }
    }

    @Test
    void aRestrictedHeapThatPromisesNoProtectionMayGiveOpenMemory() {
        platform.firewalled = true;
        var spec = new HeapSpec("plain", Traits.UNKNOWN);
        try (Heaps heaps = TestHeaps.open(
                        platform,
                        FakeProvider.starting(
                                "scrubbing", context -> context.registerRestricted(spec, new Plain(platform))));
                Heap heap = heaps.find("plain").orElseThrow();
                DmaBuf buffer = heap.allocate(4096)) {
            assertThatThrownBy(() -> Protection.require(buffer, "secure-video")).hasMessageContaining("protected");
        }
    }

    private record Plain(FakePlatform platform) implements RestrictedHeapOps<Memory> {
        @Override
        public void init() {}

        @Override
        public Memory alloc(AllocationRequest request) {
            return platform.memory(request.size());
        }

        @Override
        public void free(Memory memory) {
            memory.release();
        }
    }

    @Test
    void aRegionOfAnotherPluginIsOutOfReach() {
        platform.regions.add(new FakeRegion(platform, "pool"));
        Function<HeapContext, HeapOps> taking =
                context -> request -> context.platform().regions().getFirst().take(0, request);
        try (Heaps heaps = TestHeaps.open(platform, restricted("owner", taking), restricted("other", taking));
                Heap mine = heaps.find("secret-of-owner").orElseThrow()) {
            mine.allocate(4096).close();

            var refusal = refusal(heaps, "secret-of-other");
            assertThat(refusal.errno()).contains("EBUSY");
            assertThat(refusal).hasMessageContaining("the region pool belongs to the plugin owner");
        }
    }
}
