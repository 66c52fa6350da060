package io.dmaheap.heaps.restricted.mtk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.core.restricted.RestrictedFrame;
import io.dmaheap.interleavings.broken.CarelessLock.Step;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.RestrictedHeapOps;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * First buffers that race, and a last one that goes while a first one comes, as the framework runs them: in every interleaving one
 * connects, one lends, nobody is given memory that is not protected, and all of it is taken back.
 */
public class LentRegionModelTests {
    private static final int SCENARIOS = 4;

    /** Of few scenarios none may have the buffers that it takes; who is found out is so in one of the first. */
    private static final int UNTIL_FOUND = 50;

    private static final List<String> ONE_STEP = List.of(
            "java.util.stream.",
            "java.util.Formatter",
            "io.dmaheap.HeapException",
            "io.dmaheap.tee.",
            "io.dmaheap.core.event.",
            LendingProtocol.class.getName(),
            WatchedRegion.class.getName(),
            WatchedTee.class.getName(),
            WithheldPages.class.getName());

    /** Buffers of one heap. */
    public abstract static class Buffers {
        private final LendingProtocol protocol = new LendingProtocol();
        private final Quarantine quarantine = new Quarantine(new Problems());
        private final RestrictedFrame<SecureBuffer> heap;

        /** How the heap comes to be. */
        interface Maker {
            RestrictedHeapOps<SecureBuffer> make(MemoryRegion region, MemoryApplication application);
        }

        Buffers(int apart, Maker maker) {
            var application = new MemoryApplication("heap", new SharedSession(new WatchedTee(protocol, apart)), 4096);
            var life = new LifeCalls(
                    "plugin", Buffers.class.getClassLoader(), new CallLimit(Duration.ofSeconds(10), new Problems()));
            this.heap = new RestrictedFrame<>(
                    "heap", maker.make(new WatchedRegion(protocol), application), quarantine, life);
        }

        static LentHeap lentHeap(MemoryRegion region, MemoryApplication application) {
            return new LentHeap(
                    "heap",
                    region,
                    application,
                    4096,
                    (refused, bytes) -> reported(refused),
                    Buffers::reported,
                    _ -> false);
        }

        /** Before the race, which is about the lock then and not about the thread of {@code init}. */
        final void connect() {
            heap.allocate(AllocationRequest.of(LendingProtocol.PART)).release();
        }

        private static void reported(Object problem) {
            throw new AssertionError(problem.toString());
        }

        private void use(int parts) {
            Memory buffer;
            try {
                buffer = heap.allocate(AllocationRequest.of(parts * LendingProtocol.PART));
            } catch (HeapException e) {
                if (e.code() != ErrorCode.OUT_OF_MEMORY) {
                    throw e;
                }
                return;
            }
            buffer.release();
        }

        /** A buffer of half the region, which may be full. */
        @Operation
        public void useHalf() {
            use(1);
        }

        /** A buffer of all of it. */
        @Operation
        public void useAll() {
            use(2);
        }

        @Validate
        public void nothingIsLeft() {
            protocol.requireIdle();
            if (quarantine.bytes() != 0) {
                throw new AssertionError("withheld: " + quarantine.bytes());
            }
        }
    }

    /** The region is lent as a whole. */
    public static class Whole extends Buffers {
        public Whole() {
            super(1, Buffers::lentHeap);
        }
    }

    /** The region is lent part by part. */
    public static class PartByPart extends Buffers {
        public PartByPart() {
            super(2, Buffers::lentHeap);
        }
    }

    /** Lends without the lock. */
    public static class LendsCarelessly extends Buffers {
        public LendsCarelessly() {
            super(1, (region, application) -> new CarelessHeap(region, application, Step.LEND));
            connect();
        }
    }

    /** Takes back without the lock. */
    public static class TakesBackCarelessly extends Buffers {
        public TakesBackCarelessly() {
            super(1, (region, application) -> new CarelessHeap(region, application, Step.TAKE_BACK));
            connect();
        }
    }

    private static ModelCheckingOptions options(int scenarios) {
        return new ModelCheckingOptions()
                .iterations(scenarios)
                .invocationsPerIteration(100)
                // A buffer before the others would have connected already.
                .actorsBefore(0)
                .threads(3)
                .actorsPerThread(1)
                .addGuarantee(
                        forClasses(LentRegionModelTests::isOneStep).allMethods().treatAsAtomic());
    }

    /** Values, streams of them, and what does one step at a time: no thread is worth stopping in there. */
    private static boolean isOneStep(String name) {
        return ONE_STEP.stream().anyMatch(name::startsWith);
    }

    @Test
    void aRegionLentAsAWholeKeepsItsProtocolInEveryInterleaving() {
        options(SCENARIOS).check(Whole.class);
    }

    @Test
    void aRegionLentPartByPartKeepsItsProtocolInEveryInterleaving() {
        options(SCENARIOS).check(PartByPart.class);
    }

    @Test
    void aFirstBufferThatLetsOthersInWhileItLendsIsFoundOut() {
        assertThatThrownBy(() -> options(UNTIL_FOUND).check(LendsCarelessly.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("told of more than is lent");
    }

    @Test
    void aLastBufferThatLetsOthersInWhileItTakesBackIsFoundOut() {
        assertThatThrownBy(() -> options(UNTIL_FOUND).check(TakesBackCarelessly.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("lent twice");
    }
}
