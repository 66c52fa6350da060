package io.dmaheap.core.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.HeapState;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Need;
import io.dmaheap.Trait;
import io.dmaheap.Traits;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.life.Tally;
import io.dmaheap.spi.MemoryOutlook;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the handles of a choice that is not made. */
class RankedChoiceTests {
    private final Problems problems = new Problems();
    private final Tally open = new Tally();
    private final Map<Handle, RankedChoice.Offer> heaps = new LinkedHashMap<>();

    /** A handle of which one method may throw. */
    private static final class Handle implements Heap {
        private final String name;
        private final Traits traits;
        private @Nullable Throwable ofTraits;
        private @Nullable Throwable ofClose;
        private int closed;

        Handle(String name, Traits traits) {
            this.name = name;
            this.traits = traits;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Traits traits() {
            fail(ofTraits);
            return traits;
        }

        @Override
        public HeapInfo info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SortedMap<String, Long> bytesByClient() {
            return new TreeMap<>();
        }

        @Override
        public DmaBuf allocate(AllocationRequest request) {
            throw new UnsupportedOperationException();
        }

        /** Given back, although it throws. */
        @Override
        public void close() {
            closed++;
            Throwable planned = ofClose;
            ofClose = null;
            fail(planned);
        }
    }

    private static void fail(@Nullable Throwable planned) {
        if (planned instanceof RuntimeException e) {
            throw e;
        }
        if (planned instanceof Error e) {
            throw e;
        }
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("of the test"),
                new OutOfMemoryError("of the test"),
                new StackOverflowError("of the test"));
    }

    private Handle offer(String name, Traits traits) {
        var handle = new Handle(name, traits);
        heaps.put(
                handle,
                new RankedChoice.Offer(
                        new HeapInfo(
                                name,
                                List.of(),
                                HeapState.LIVE,
                                traits,
                                "vendor",
                                Optional.empty(),
                                Openable.YES,
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                0,
                                0),
                        MemoryOutlook.within(0, List.of(), traits.contiguous())));
        return handle;
    }

    /** Two that meet the need and two that do not. */
    private void offerFour() {
        offer("a", Traits.CMA);
        offer("b", Traits.SYSTEM);
        offer("c", Traits.CMA);
        offer("d", Traits.SYSTEM);
    }

    private RankedChoice<Handle> choose() {
        return RankedChoice.of(
                Need.any().require(Trait.CONTIGUOUS),
                RankedChoice.Devices.NONE,
                heaps,
                Optional::of,
                new LeakDetector(LeakDetection.FULL, problems),
                open);
    }

    private void assertNothingIsChosen(Throwable failure) {
        assertThat(catchThrowable(this::choose)).isSameAs(failure);
        assertThat(open.sum()).as("choices").isZero();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureWhileHeapsAreRankedLeavesTheHandlesToTheCaller(Throwable failure) {
        offerFour();
        heaps.keySet().forEach(handle -> handle.ofTraits = failure);

        assertNothingIsChosen(failure);

        assertThat(heaps.keySet())
                .allSatisfy(handle -> assertThat(handle.closed).isZero());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aHandleOfARefusedHeapThatFailsToCloseHoldsUpNoOther(Throwable failure) {
        offerFour();
        heaps.keySet().stream().filter(handle -> handle.name.equals("b")).forEach(handle -> handle.ofClose = failure);

        assertNothingIsChosen(failure);

        assertThat(heaps.keySet())
                .allSatisfy(handle -> assertThat(handle.closed).isPositive());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aHandleOfAChosenHeapThatFailsToCloseHoldsUpNoOther(Throwable failure) {
        offerFour();
        var choice = choose();
        heaps.keySet().stream().filter(handle -> handle.name.equals("a")).forEach(handle -> handle.ofClose = failure);

        catchThrowable(choice::close);

        assertThat(heaps.keySet())
                .allSatisfy(handle -> assertThat(handle.closed).isPositive());
        assertThat(open.sum()).isZero();
    }
}
