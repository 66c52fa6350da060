package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindTests {
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
    private static final Traits TRUSTED_UI =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "trusted-ui"));

    private final FakePlatform platform = new FakePlatform();

    @AfterEach
    void nothingIsLeft() {
        platform.assertNothingHeld();
    }

    private HeapProvider offering(String name, Traits traits) {
        return FakeProvider.of(name, traits, new FakeHeap(platform));
    }

    private static String foundBy(Heaps heaps, String name) {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            return heap.name();
        }
    }

    @Test
    void findsAHeapByItsNameAndCountsTheHandle() {
        try (var heaps = TestHeaps.open(platform, offering("system", Traits.SYSTEM))) {
            try (Heap heap = heaps.find("system").orElseThrow()) {
                assertThat(heap.name()).isEqualTo("system");
                assertThat(heap.traits()).isEqualTo(Traits.SYSTEM);
                assertThat(heaps.usage().heapHandles()).isEqualTo(1);
            }
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void findsNothingUnderAnUnknownName() {
        try (var heaps = TestHeaps.open(platform, offering("system", Traits.SYSTEM))) {
            assertThat(heaps.find("System")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux,cma", "default_cma_region", "default-pool"})
    void findsTheDefaultCmaHeapUnderEachNameThatKernelsGaveIt(String own) {
        try (var heaps = TestHeaps.open(platform, offering(own, Traits.CMA))) {
            assertThat(foundBy(heaps, "default_cma_region")).isEqualTo(own);
            assertThat(foundBy(heaps, "reserved")).isEqualTo(own);
        }
    }

    @Test
    void findsByAPatternWhatTheOldNameMeant() {
        try (var heaps = TestHeaps.open(platform, offering("restricted_mtk_cma", VIDEO))) {
            assertThat(foundBy(heaps, "secure_mtk_cma")).isEqualTo("restricted_mtk_cma");
            assertThat(foundBy(heaps, "mtk_svp_cma")).isEqualTo("restricted_mtk_cma");
        }
    }

    @Test
    void showsTheAliasesThatLeadToAHeap() {
        try (var heaps = TestHeaps.open(platform, offering("restricted_mtk_cm", VIDEO))) {
            assertThat(heaps.heaps().getFirst().aliases()).containsExactly("mtk_svp");
        }
    }

    @Test
    void prefersAHeapsOwnNameToAnAlias() {
        try (var heaps =
                TestHeaps.open(platform, offering("reserved", Traits.CMA), offering("linux,cma", Traits.CMA))) {
            assertThat(foundBy(heaps, "linux,cma")).isEqualTo("linux,cma");
            assertThat(foundBy(heaps, "reserved")).isEqualTo("reserved");
        }
    }

    @Test
    void refusesAnAliasThatStandsForTwoKindsOfProtection() {
        try (var heaps =
                TestHeaps.open(platform, offering("restricted_x", VIDEO), offering("protected,x", TRUSTED_UI))) {
            assertThatThrownBy(() -> heaps.find("secure_x")).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                assertThat(e).hasMessageContainingAll("restricted_x", "protected,x");
                assertThat(e.hint()).isPresent();
            });
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void doesNotTakeOrdinaryMemoryForProtectedMemoryOfTheSameAlias() {
        try (var heaps =
                TestHeaps.open(platform, offering("restricted_x", VIDEO), offering("protected,x", Traits.SYSTEM))) {
            assertThatThrownBy(() -> heaps.find("secure_x")).isInstanceOf(HeapException.class);
        }
    }

    @Test
    void anOperatorCanTakeABuiltInAliasAway() {
        try (var heaps = TestHeaps.open(
                platform,
                TestHeaps.policy("alias.mtk_svp ="),
                LeakDetection.SAMPLED,
                offering("restricted_mtk_cm", VIDEO))) {
            assertThat(heaps.find("mtk_svp")).isEmpty();
        }
    }

    @Test
    void aDrainingHeapIsNotFoundAndItsOpenHandleCannotAllocate() {
        var heaps = TestHeaps.open(platform, offering("system", Traits.SYSTEM));
        Heap heap = heaps.find("system").orElseThrow();
        heaps.close();

        assertThatThrownBy(() -> heaps.find("system")).isInstanceOf(IllegalStateException.class);
        assertThat(heap.info().state()).isEqualTo(HeapState.DRAINING);
        assertThatThrownBy(() -> heap.allocate(1)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.HEAP_DRAINING);
            assertThat(e.heap()).contains("system");
            assertThat(e.hint()).isPresent();
        });
        assertThat(platform.closed).hasValue(0);
        heap.close();
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aClosedHandleIsOfNoUseAndClosingItAgainIsHarmless() {
        try (var heaps = TestHeaps.open(platform, offering("system", Traits.SYSTEM))) {
            Heap heap = heaps.find("system").orElseThrow();
            Heap other = heaps.find("system").orElseThrow();
            heap.close();
            heap.close();

            assertThat(heaps.usage().heapHandles()).isEqualTo(1);
            assertThatThrownBy(heap::info).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> heap.allocate(1)).isInstanceOf(IllegalStateException.class);
            other.close();
        }
    }

    @Test
    void aHeapWhosePluginHasLeftCannotBeRegisteredAgainThroughItsOldContext() {
        var kept = new AtomicReference<HeapContext>();
        TestHeaps.open(platform, FakeProvider.starting("late", kept::set)).close();

        assertThatThrownBy(() -> register(kept.get(), "system")).isInstanceOf(IllegalStateException.class);
        assertThat(platform.closed).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "a/b",
                "a\nb",
                "*",
                "system*",
                "auto",
                "--help",
                "-",
                "two words",
                "a=b",
                "\"quoted\"",
                "right\u202eleft",
                "syst\u200bem",
                "\u0455ystem",
                "caf\u00e9",
                "\u2028",
                "\ud800",
                "\u3164",
                "tab\tbed"
            })
    void aNameThatNoHeapCanHaveIsRefused(String name) {
        try (var heaps = TestHeaps.open(platform, FakeProvider.starting("wild", context -> register(context, name)))) {
            assertThat(heaps.heaps()).isEmpty();
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.subject()).isEqualTo("wild");
                assertThat(problem.toString()).contains("the plugin wild");
                assertThat(problem.cause())
                        .get()
                        .asString()
                        .contains("no heap can be called \"", "EINVAL")
                        .matches("\\p{Print}+");
            });
        }
    }

    @Test
    void aNameWithoutEndIsRefusedInAFewWords() {
        String name = "x".repeat(10_000);
        try (var heaps = TestHeaps.open(platform, FakeProvider.starting("wild", context -> register(context, name)))) {
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.toString())
                            .contains("10000 characters")
                            .hasSizeLessThan(500));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"system", "linux,cma", "protected,secure-video", "sdp@52000000", "_x", "a.b-c_d+e:f#g~h", "4"})
    void whatNodesAndHeapsAreCalledIsTaken(String name) {
        try (var heaps = TestHeaps.open(platform, FakeProvider.starting("tame", context -> register(context, name)))) {
            assertThat(heaps.problems()).isEmpty();
            heaps.find(name).orElseThrow().close();
        }
    }

    @Test
    void aHeapWithoutSpecOrOperationsIsRefused() {
        List<Consumer<HeapContext>> offers = List.of(
                context -> context.register(null, new FakeHeap(platform)),
                context -> context.register(new HeapSpec("frames", Traits.SYSTEM), null),
                context -> context.registerRestricted(new HeapSpec("frames", Traits.SYSTEM), null));
        for (Consumer<HeapContext> offer : offers) {
            try (var heaps = TestHeaps.open(platform, FakeProvider.starting("hollow", offer))) {
                assertThat(heaps.heaps()).isEmpty();
                assertThat(heaps.problems())
                        .singleElement()
                        .satisfies(problem -> assertThat(problem.toString()).contains("hollow", "without"));
            }
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "*", "--all", "../../evil", "vend\u200bor", "two words"})
    void aProviderWithAnIdThatNoPluginCanHaveIsRefused(String id) {
        try (var heaps = TestHeaps.open(platform, FakeProvider.starting(id, context -> register(context, "system")))) {
            assertThat(heaps.heaps()).isEmpty();
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.toString())
                            .contains(FakeProvider.class.getName(), "an id that no plugin can have"));
        }
    }

    @Test
    void closingTwiceClosesThePlatformOnce() {
        var heaps = TestHeaps.open(platform, offering("system", Traits.SYSTEM));
        heaps.close();
        heaps.close();

        assertThat(platform.closed).hasValue(1);
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        assertThatThrownBy(heaps::heaps).isInstanceOf(IllegalStateException.class);
        assertThat(Optional.of(heaps.plugins().getFirst().state())).contains(State.STOPPED);
    }

    private void register(HeapContext context, String name) {
        context.register(new HeapSpec(name, Traits.SYSTEM), new FakeHeap(platform));
    }
}
