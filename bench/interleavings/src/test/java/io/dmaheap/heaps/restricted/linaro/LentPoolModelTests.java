package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.interleavings.broken.CarelessLock.Step;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import java.util.function.BiFunction;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * First buffers that race, and a last one that goes while a first one comes: the pool of two pages is lent once, taken back when it is
 * empty, and nobody is given memory that is not lent. The machine throws where that is broken.
 */
public class LentPoolModelTests {
    private static final int SCENARIOS = 4;

    /** Of few scenarios none may have the buffers that it takes; who is found out is so in one of the first. */
    private static final int UNTIL_FOUND = 50;

    private static final List<String> ONE_STEP = List.of(
            "java.util.stream.",
            "java.util.Formatter",
            "io.dmaheap.HeapException",
            "io.dmaheap.allocators.",
            LendablePages.class.getName(),
            WatchedMachine.class.getName());

    /** Buffers of one heap. */
    public abstract static class Buffers {
        private final WatchedMachine machine = new WatchedMachine();
        private final RestrictedHeapOps<PooledBuffer> heap;

        Buffers(BiFunction<ProtectedMemoryFirmware, LendablePages, RestrictedHeapOps<PooledBuffer>> maker) {
            this.heap = maker.apply(machine, new LendablePages(machine.region(), WatchedMachine.PAGE));
        }

        /** One buffer from beginning to end; the pool may be full. */
        @Operation
        public void useABuffer() {
            PooledBuffer buffer;
            try {
                buffer = heap.alloc(AllocationRequest.of(WatchedMachine.PAGE));
            } catch (HeapException e) {
                WatchedMachine.require(e.code() == ErrorCode.OUT_OF_MEMORY, e.toString());
                return;
            }
            heap.restrict(buffer);
            heap.unrestrict(buffer);
            heap.free(buffer);
        }

        /** More than there is: on an idle pool it lends and takes back all the same. */
        @Operation
        public void askForTooMuch() {
            try {
                heap.alloc(AllocationRequest.of(WatchedMachine.POOL + WatchedMachine.PAGE));
            } catch (HeapException e) {
                WatchedMachine.require(e.code() == ErrorCode.OUT_OF_MEMORY, e.toString());
                return;
            }
            throw new AssertionError("three pages of two");
        }

        @Validate
        public void allIsTakenBack() {
            machine.requireIdle();
        }
    }

    /** Of the heap that is shipped. */
    public static class Careful extends Buffers {
        public Careful() {
            super((firmware, pages) -> new LentHeap(
                    UseCase.TRUSTED_UI,
                    firmware,
                    new ProtectedMemoryFirmware.Config(WatchedMachine.POOL, WatchedMachine.PAGE, 32, List.of()),
                    AccessList.NOBODY,
                    pages,
                    WatchedMachine.PAGE,
                    (refused, bytes) -> {
                        throw new AssertionError(bytes + " bytes were not given back", refused);
                    }));
        }
    }

    /** Lends without the lock. */
    public static class LendsCarelessly extends Buffers {
        public LendsCarelessly() {
            super((firmware, pages) -> new CarelessHeap(firmware, pages, Step.LEND));
        }
    }

    /** Takes back without the lock. */
    public static class TakesBackCarelessly extends Buffers {
        public TakesBackCarelessly() {
            super((firmware, pages) -> new CarelessHeap(firmware, pages, Step.TAKE_BACK));
        }
    }

    private static ModelCheckingOptions options(int scenarios) {
        return new ModelCheckingOptions()
                .iterations(scenarios)
                .invocationsPerIteration(100)
                // What one thread does before the race and after it is no race.
                .actorsBefore(0)
                .actorsAfter(0)
                .threads(3)
                .actorsPerThread(1)
                .addGuarantee(
                        forClasses(LentPoolModelTests::isOneStep).allMethods().treatAsAtomic());
    }

    /** Values, streams of them, and what does one step at a time or is called under a lock: no thread is worth stopping in there. */
    private static boolean isOneStep(String name) {
        return ONE_STEP.stream().anyMatch(name::startsWith);
    }

    @Test
    void keepsItsProtocolInEveryInterleaving() {
        options(SCENARIOS).check(Careful.class);
    }

    @Test
    void aFirstBufferThatLetsOthersInWhileItLendsIsFoundOut() {
        assertThatThrownBy(() -> options(UNTIL_FOUND).check(LendsCarelessly.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("lent twice");
    }

    @Test
    void aLastBufferThatLetsOthersInWhileItTakesBackIsFoundOut() {
        assertThatThrownBy(() -> options(UNTIL_FOUND).check(TakesBackCarelessly.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("AssertionError: taken back");
    }
}
