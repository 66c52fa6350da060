package io.dmaheap.emulator.tee;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.secure.TaMemory;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory passed to a call: accessible from its beginning to its end and not beyond, even if its caller stopped waiting. */
@Timeout(60)
class CallInFlightTests {
    private static final Duration GIVEN_UP = Duration.ofMillis(50);
    private static final int HOLD = 1;
    private static final int KEEP = 2;
    private static final int READ_KEPT = 3;
    private static final int WRITE_KEPT = 4;
    private static final int REPORT_KEPT = 5;
    private static final int WRITE = 6;
    private static final int REPORT = 7;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Platform platform = open();
    private final TeeConnection tee = platform.tees().getFirst().open();
    private final TeeSession session = tee.openSession(Greedy.ID);

    private Platform open() {
        var board = Emulator.standard();
        board.secureWorld().install(() -> new Greedy(begun, goOn));
        return board.open(Map.of());
    }

    @AfterEach
    void switchOff() {
        goOn.countDown();
        session.close();
        tee.close();
        platform.close();
    }

    /** An application whose sessions share one instance, and which keeps what it was passed. */
    private record Greedy(CountDownLatch begun, CountDownLatch goOn, List<TaMemory> kept)
            implements TrustedApplication {
        static final UUID ID = new UUID(10, 1);

        Greedy(CountDownLatch begun, CountDownLatch goOn) {
            this(begun, goOn, new ArrayList<>());
        }

        @Override
        public UUID uuid() {
            return ID;
        }

        @Override
        public boolean isForSecureData() {
            return true;
        }

        @Override
        public boolean isSingleInstance() {
            return true;
        }

        @Override
        public Opened open(TaParameters parameters) {
            return Opened.with(this::invoke);
        }

        private TeeResult invoke(int command, TaParameters parameters) {
            switch (command) {
                case HOLD -> {
                    begun.countDown();
                    await(goOn);
                    write(parameters.memory(0));
                }
                case KEEP -> kept.add(parameters.memory(0));
                case READ_KEPT -> kept.getFirst().read(0, MemorySegment.ofArray(new byte[16]));
                case WRITE_KEPT -> write(kept.getFirst());
                case REPORT_KEPT -> kept.getFirst().report(1);
                case WRITE -> write(parameters.memory(0));
                case REPORT -> parameters.memory(0).report(parameters.value(1).a());
                default -> {
                    return TeeResult.NOT_SUPPORTED;
                }
            }
            return TeeResult.SUCCESS;
        }

        private static void write(TaMemory memory) {
            memory.write(0, MemorySegment.ofArray(new byte[] {7, 7, 7, 7}));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Memory protectedMemory() {
        return region(platform, "restricted-cm@50000000").take(0, AllocationRequest.of(64 << 10));
    }

    private void giveUp(TeeMemory memory) {
        assertThat(catchThrowableOfType(
                                HeapException.class,
                                () -> session.invoke(
                                        HOLD, TeeOperation.of(memory.out()).within(GIVEN_UP)))
                        .code())
                .isEqualTo(ErrorCode.TIMED_OUT);
    }

    @Test
    void aRegistrationIsUnusedWhenTheCallThatWasGivenUpIsOver() {
        Memory buffer = protectedMemory();
        TeeMemory registered = tee.register(buffer);
        giveUp(registered);
        await(begun);

        var unused = new CountDownLatch(1);
        registered.close(unused::countDown);
        assertThat(unused.getCount()).as("the command runs").isOne();
        assertThatThrownBy(() -> session.invoke(WRITE, registered.out())).isInstanceOf(IllegalStateException.class);

        goOn.countDown();
        await(unused);
        buffer.release();
        var again = new CountDownLatch(1);
        registered.close(again::countDown);
        assertThat(again.getCount()).as("unused already").isZero();
    }

    @Test
    void sharedMemoryLivesUntilTheCallIsOverSoThatNoInnocentSessionDies() {
        TeeMemory shared = tee.allocate(4096);
        try (TeeSession innocent = tee.openSession(Greedy.ID)) {
            giveUp(shared);
            await(begun);
            MemorySegment bytes = shared.segment();
            var unused = new CountDownLatch(1);
            shared.close(unused::countDown);
            assertThat(bytes.get(ValueLayout.JAVA_BYTE, 0)).as("alive").isZero();

            goOn.countDown();
            await(unused);
            assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
            try (TeeMemory other = tee.allocate(16)) {
                innocent.invoke(WRITE, other.out());
                session.invoke(WRITE, other.out());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {READ_KEPT, WRITE_KEPT, REPORT_KEPT})
    void toTouchWhatAnEarlierCallWasPassedIsAPanic(int command) {
        Memory buffer = protectedMemory();
        try (TeeMemory registered = tee.register(buffer);
                TeeMemory shared = tee.allocate(4096)) {
            session.invoke(KEEP, registered.inOut());
            assertDies(command);
            try (TeeSession next = tee.openSession(Greedy.ID)) {
                next.invoke(KEEP, shared.inOut());
                assertThat(catchThrowableOfType(HeapException.class, () -> next.invoke(command))
                                .code())
                        .isEqualTo(ErrorCode.DEVICE_GONE);
            }
        } finally {
            buffer.release();
        }
    }

    private void assertDies(int command, TeeParameter... parameters) {
        assertThat(catchThrowableOfType(HeapException.class, () -> session.invoke(command, parameters))
                        .teeReply()
                        .orElseThrow()
                        .result())
                .isEqualTo(TeeResult.TARGET_DEAD);
    }

    @Test
    void whatWasPassedForReadingIsNotWritten() {
        try (TeeMemory shared = tee.allocate(4096)) {
            assertDies(WRITE, shared.in());
            assertThat(shared.segment().get(ValueLayout.JAVA_BYTE, 0)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, -5, Long.MIN_VALUE, 1L << 32, 4097})
    void anOutputOfImpossibleSizeIsAPanic(long size) {
        try (TeeMemory shared = tee.allocate(4096)) {
            assertDies(REPORT, shared.out(), TeeParameter.valueIn(size, 0));
        }
    }
}
