package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Choice;
import io.dmaheap.Choice.Candidate;
import io.dmaheap.Choice.Verdict;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.Need.Wish;
import io.dmaheap.Protection;
import io.dmaheap.Trait;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.HeapStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChoiceTests {
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));

    private final FakePlatform platform = new FakePlatform();
    private final Map<String, FakeHeap> ops = new LinkedHashMap<>();
    private Heaps heaps = TestHeaps.open(platform);

    @AfterEach
    void nothingIsLeft() {
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    private void offer(Map<String, Traits> offered) {
        open(offering("plugin", offered));
    }

    private void open(FakeProvider... providers) {
        heaps.close();
        heaps = TestHeaps.open(platform, providers);
    }

    private FakeProvider offering(String plugin, Map<String, Traits> offered) {
        return FakeProvider.starting(
                plugin,
                context -> offered.forEach((name, traits) -> {
                    ops.put(name, new FakeHeap(platform));
                    FakeProvider.register(context, new HeapSpec(name, traits), ops.get(name));
                }));
    }

    private void failsWithoutMemory(String... names) {
        for (String name : names) {
            ops.get(name).maker = request -> {
                throw HeapException.of(ErrorCode.OUT_OF_MEMORY, name + " has none")
                        .build();
            };
        }
    }

    private static Traits contiguous(Answer answer) {
        return new Traits(answer, Answer.YES, Answer.YES, Answer.YES, 4096, Optional.empty());
    }

    private static List<Verdict> verdicts(Choice choice) {
        return choice.trace().stream().map(Candidate::verdict).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "REQUIRED, YES, TAKEN", "REQUIRED, NO, REFUSED", "REQUIRED, UNKNOWN, REFUSED",
        "PREFERRED, YES, TAKEN", "PREFERRED, NO, TAKEN", "PREFERRED, UNKNOWN, TAKEN",
        "FORBIDDEN, YES, REFUSED", "FORBIDDEN, NO, TAKEN", "FORBIDDEN, UNKNOWN, REFUSED"
    })
    void aWishMeetsAnAnswer(Wish wish, Answer answer, Verdict verdict) {
        offer(Map.of("heap", contiguous(answer)));
        Need need = switch (wish) {
            case REQUIRED -> Need.any().require(Trait.CONTIGUOUS);
            case PREFERRED -> Need.any().prefer(Trait.CONTIGUOUS);
            case FORBIDDEN -> Need.any().forbid(Trait.CONTIGUOUS);
        };

        try (Choice choice = heaps.choose(need)) {
            assertThat(choice.trace()).singleElement().satisfies(candidate -> {
                assertThat(candidate.verdict()).isEqualTo(verdict);
                assertThat(candidate.reason()).isNotEmpty();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Trait.class)
    void memoryOfWhichNothingIsKnownMeetsNoRequirement(Trait trait) {
        offer(Map.of("dark", Traits.UNKNOWN));

        try (Choice required = heaps.choose(Need.any().require(trait));
                Choice forbidden = heaps.choose(Need.any().forbid(trait))) {
            assertThat(verdicts(required)).containsExactly(Verdict.REFUSED);
            assertThat(verdicts(forbidden)).containsExactly(Verdict.REFUSED);
        }
    }

    @Test
    void preferredHeapsComeFirstAndScarceMemoryLast() {
        var bare = new Traits(Answer.NO, Answer.NO, Answer.YES, Answer.NO, 4096, Optional.empty());
        offer(Map.of("a_cma", Traits.CMA, "b_bare", bare, "c_system", Traits.SYSTEM));

        try (Choice choice = heaps.choose(Need.any().prefer(Trait.CACHED).prefer(Trait.ZEROED));
                Heap best = choice.open()) {
            assertThat(choice.trace()).extracting(Candidate::heap).containsExactly("c_system", "a_cma", "b_bare");
            assertThat(best.name()).isEqualTo("c_system");
        }
    }

    @Test
    void protectedMemoryIsNeverChosenUnasked() {
        offer(Map.of("secret", VIDEO));

        try (Choice any = heaps.choose(Need.any());
                Choice preferring = heaps.choose(Need.any().prefer(Trait.PROTECTED));
                Choice asking = heaps.choose(Need.any().require(Trait.PROTECTED))) {
            assertThat(verdicts(any)).containsExactly(Verdict.REFUSED);
            assertThat(any.best()).isEmpty();
            assertThat(verdicts(preferring)).containsExactly(Verdict.REFUSED);
            assertThat(verdicts(asking)).containsExactly(Verdict.TAKEN);
        }
    }

    @Test
    void theBestHeapCanBeDescribedAndOpened() {
        offer(Map.of("a_cma", Traits.CMA, "system", Traits.SYSTEM));
        Heap opened;
        try (Choice choice = heaps.choose(Need.any())) {
            assertThat(choice.best()).map(HeapInfo::name).contains("system");
            opened = choice.open();
        }
        try (opened) {
            opened.allocate(4096).close();
        }
        try (Choice none = heaps.choose(Need.any().require(Trait.PROTECTED))) {
            assertThat(none.best()).isEmpty();
            assertThatThrownBy(none::open).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.HEAP_NOT_FOUND);
                assertThat(e.hint().orElse("")).contains("system", "a_cma");
            });
        }
    }

    @Test
    void memoryProtectedForAnotherUseIsRefusedWithBothUses() {
        offer(Map.of("secret", VIDEO, "system", Traits.SYSTEM));

        try (Choice choice = heaps.choose(Need.any().forUseCase("trusted-ui"))) {
            assertThat(verdicts(choice)).containsExactly(Verdict.REFUSED, Verdict.REFUSED);
            assertThat(choice.trace())
                    .anySatisfy(candidate -> assertThat(candidate.reason()).contains("trusted-ui", "secure-video"));
        }
        try (Choice choice = heaps.choose(Need.any().forUseCase("secure-video"));
                Heap heap = choice.open()) {
            assertThat(heap.name()).isEqualTo("secret");
        }
    }

    @Test
    void memoryOfAnotherProtectorIsRefusedAndNothingFallsBackToIt() {
        open(
                offering("world-a", Map.of("a_lent", VIDEO, "a_static", VIDEO)),
                offering("world-b", Map.of("b_pool", VIDEO)));
        var refused = new Candidate(
                "b_pool",
                Verdict.REFUSED,
                "another protection than a_lent: by world-b and not by world-a; name it to use it");

        try (Choice choice = heaps.choose(Need.any().forUseCase("secure-video"))) {
            assertThat(verdicts(choice)).containsExactly(Verdict.TAKEN, Verdict.TAKEN, Verdict.REFUSED);
            assertThat(choice.trace()).last().isEqualTo(refused);
            failsWithoutMemory("a_lent");
            try (DmaBuf buffer = choice.allocate(AllocationRequest.of(1))) {
                assertThat(buffer.info().heap()).as("the same protector's").contains("a_static");
            }
            failsWithoutMemory("a_static");
            assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(1))).hasMessage("a_lent has none");
            assertThat(choice.trace()).contains(refused);
        }
        assertThat(ops.get("b_pool").asked).hasValue(0);
    }

    @Test
    void anotherWayOfProtectionOrAnotherUseIsRefusedOfTheSamePluginToo() {
        var encrypted = Traits.protectedFor(new Protection(Protection.Kind.ENCRYPTED, "secure-video"));
        var ui = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "trusted-ui"));
        offer(Map.of("a_firewalled", VIDEO, "b_encrypted", encrypted, "c_ui", ui));

        try (Choice choice = heaps.choose(Need.any().require(Trait.PROTECTED))) {
            assertThat(verdicts(choice)).containsExactly(Verdict.TAKEN, Verdict.REFUSED, Verdict.REFUSED);
            assertThat(choice.trace())
                    .extracting(Candidate::reason)
                    .endsWith(
                            "another protection than a_firewalled: as encrypted and not as inaccessible; name it to use it",
                            "another protection than a_firewalled: for trusted-ui and not for secure-video; name it to use"
                                    + " it");
            failsWithoutMemory("a_firewalled");
            assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(1))).hasMessage("a_firewalled has none");
        }
    }

    @Test
    void theProtectionThatIsNamedIsTheOneTaken() {
        var encrypted = Traits.protectedFor(new Protection(Protection.Kind.ENCRYPTED, "secure-video"));
        open(
                offering("world-a", Map.of("a_firewalled", VIDEO, "a_encrypted", encrypted)),
                offering("world-b", Map.of("b_firewalled", VIDEO)));
        Need need = Need.any().forUseCase("secure-video");

        try (Choice kind = heaps.choose(need.protectedAs(Protection.Kind.ENCRYPTED));
                Choice plugin = heaps.choose(need.protectedBy("world-b"));
                Choice both =
                        heaps.choose(need.protectedAs(Protection.Kind.ENCRYPTED).protectedBy("world-b"))) {
            assertThat(kind.trace())
                    .containsExactly(
                            new Candidate("a_encrypted", Verdict.TAKEN, "protected"),
                            new Candidate(
                                    "a_firewalled",
                                    Verdict.REFUSED,
                                    "it is protected as inaccessible, not as encrypted"),
                            new Candidate(
                                    "b_firewalled",
                                    Verdict.REFUSED,
                                    "it is protected as inaccessible, not as encrypted"));
            assertThat(plugin.trace())
                    .containsExactly(
                            new Candidate("b_firewalled", Verdict.TAKEN, "protected"),
                            new Candidate("a_encrypted", Verdict.REFUSED, "it is protected by world-a, not by world-b"),
                            new Candidate(
                                    "a_firewalled", Verdict.REFUSED, "it is protected by world-a, not by world-b"));
            assertThat(both.best()).isEmpty();
        }
    }

    @Test
    void aNeedThatNamesAProtectionIsNotMetByOrdinaryMemory() {
        offer(Map.of("system", Traits.SYSTEM));

        Need kindAndNot = Need.any().protectedAs(Protection.Kind.INACCESSIBLE).forbid(Trait.PROTECTED);
        try (Choice kind = heaps.choose(Need.any().protectedAs(Protection.Kind.INACCESSIBLE));
                Choice plugin = heaps.choose(Need.any().protectedBy("plugin"));
                Choice contradiction = heaps.choose(kindAndNot)) {
            assertThat(verdicts(kind)).containsExactly(Verdict.REFUSED);
            assertThat(verdicts(plugin)).containsExactly(Verdict.REFUSED);
            assertThat(verdicts(contradiction)).containsExactly(Verdict.REFUSED);
        }
    }

    @Test
    void ordinaryMemoryOfAnyPluginStandsInForThatOfAnother() {
        open(offering("one", Map.of("system", Traits.SYSTEM)), offering("two", Map.of("cma", Traits.CMA)));

        try (Choice choice = heaps.choose(Need.any())) {
            assertThat(verdicts(choice)).containsExactly(Verdict.TAKEN, Verdict.TAKEN);
        }
    }

    @Test
    void aPoolThatIsTooSmallAndAHeapThatCannotBeOpenedAreRefused() {
        offer(Map.of("small", Traits.CMA, "shut", Traits.SYSTEM));
        ops.get("small").status =
                new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.of(4096), OptionalLong.empty());
        ops.get("shut").status = new HeapStatus(
                Optional.empty(), Openable.no("mode 0600 root"), OptionalLong.empty(), OptionalLong.empty());

        try (Choice choice = heaps.choose(Need.any().ofSize(4097))) {
            assertThat(choice.trace())
                    .extracting(Candidate::reason)
                    .containsExactly("mode 0600 root", "its whole pool is 4096 bytes");
        }
    }

    @Test
    void aHeapWhoseLargestBufferIsSmallerIsRefused() {
        offer(Map.of("udmabuf", Traits.SYSTEM));
        ops.get("udmabuf").status = HeapStatus.UNKNOWN.withLargest(OptionalLong.of(4096));

        assertThat(heaps.heaps().getFirst().largest()).hasValue(4096);
        try (Choice enough = heaps.choose(Need.any().ofSize(4096));
                Choice tooSmall = heaps.choose(Need.any().ofSize(4097))) {
            assertThat(verdicts(enough)).containsExactly(Verdict.TAKEN);
            assertThat(tooSmall.trace())
                    .extracting(Candidate::reason)
                    .containsExactly("its largest buffer has 4096 bytes");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"OUT_OF_MEMORY", "LIMIT_EXCEEDED", "PERMISSION_DENIED", "HEAP_DRAINING", "DEVICE_GONE"})
    void allocationFallsBackAndTheTraceSaysWhy(ErrorCode code) {
        offer(Map.of("cma", Traits.CMA, "system", Traits.SYSTEM));
        ops.get("system").maker = request -> {
            throw HeapException.of(code, "system has none").build();
        };

        try (Choice choice = heaps.choose(Need.any());
                DmaBuf buffer = choice.allocate(AllocationRequest.of(1))) {
            assertThat(buffer.info().heap()).contains("cma");
            assertThat(choice.trace()).last().isEqualTo(new Candidate("system", Verdict.FAILED, "system has none"));
        }
    }

    @Test
    void whenAllHeapsFailTheBestOnesFailureCarriesTheOthers() {
        offer(Map.of("cma", Traits.CMA, "system", Traits.SYSTEM));
        ops.forEach((name, heap) -> heap.maker = request -> {
            throw HeapException.of(ErrorCode.OUT_OF_MEMORY, name).build();
        });

        try (Choice choice = heaps.choose(Need.any())) {
            var failure = catchThrowableOfType(HeapException.class, () -> choice.allocate(AllocationRequest.of(1)));
            assertThat(failure).hasMessage("system");
            assertThat(failure.getSuppressed())
                    .singleElement()
                    .satisfies(other -> assertThat(other).hasMessage("cma"));
        }
    }

    @Test
    void heapsThatThrowTheSameExceptionDoNotBreakTheFallback() {
        offer(Map.of("cma", Traits.CMA, "system", Traits.SYSTEM));
        var same =
                HeapException.of(ErrorCode.OUT_OF_MEMORY, "kept in a constant").build();
        platform.faults.fail("allocate", same);

        try (Choice choice = heaps.choose(Need.any())) {
            assertThat(catchThrowable(() -> choice.allocate(AllocationRequest.of(1))))
                    .isSameAs(same);
        }
    }

    @Test
    void aFailureThatAnotherHeapWouldHaveTooIsNotPassedOver() {
        offer(Map.of("cma", Traits.CMA, "system", Traits.SYSTEM));

        try (Choice choice = heaps.choose(Need.any())) {
            assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(0)))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE));
        }
        assertThat(ops.get("cma").asked).hasValue(0);
    }

    @Test
    void aNeedThatNoHeapMeetsSaysWhyEachWasRefused() {
        offer(Map.of("system", Traits.SYSTEM));

        try (Choice choice = heaps.choose(Need.any().require(Trait.CONTIGUOUS))) {
            assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(1)))
                    .isInstanceOfSatisfying(HeapException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.HEAP_NOT_FOUND);
                        assertThat(e).hasMessageContaining("system: it is not contiguous");
                    });
        }
    }

    @Test
    void aTraceDoesNotGrowForEver() {
        offer(Map.of("system", Traits.SYSTEM));
        platform.faults.fail(
                "allocate", HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build());

        try (Choice choice = heaps.choose(Need.any())) {
            for (int i = 0; i < 1_000; i++) {
                catchThrowable(() -> choice.allocate(AllocationRequest.of(1)));
            }
            assertThat(choice.trace()).hasSizeLessThan(200);
        }
    }

    @Test
    void theBestHeapIsTheVeryHeapThatWasJudgedEvenWhenAnAliasLeadsElsewhereLater() {
        var own = new FakePlatform();
        var leaving = TestHeaps.open(own, FakeProvider.of("linux,cma", Traits.CMA, new FakeHeap(own)));
        try (Choice choice = leaving.choose(Need.any())) {
            leaving.close();
            assertThat(choice.best()).map(HeapInfo::name).contains("linux,cma");
            assertThatThrownBy(choice::open)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HEAP_DRAINING));
        }
        own.assertNothingHeld();
    }

    @Test
    void aChoiceHoldsItsHeapsUntilItIsClosed() {
        offer(Map.of("cma", Traits.CMA, "system", Traits.SYSTEM, "secret", VIDEO));

        Choice choice = heaps.choose(Need.any());
        assertThat(heaps.usage().heapHandles())
                .as("the refused one is not held")
                .isEqualTo(2);
        choice.close();
        choice.close();

        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        assertThatThrownBy(choice::heap).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMissingNeedHoldsNothing() {
        offer(Map.of("system", Traits.SYSTEM));

        assertThatThrownBy(() -> heaps.choose(null)).isInstanceOf(NullPointerException.class);
    }
}
