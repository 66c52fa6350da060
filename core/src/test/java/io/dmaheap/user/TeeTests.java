package io.dmaheap.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.TestHeaps;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeeTests {
    private static final UUID APPLICATION = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps = TestHeaps.open(
            platform,
            TestHeaps.policy(),
            LeakDetection.FULL,
            FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));

    @AfterEach
    void nothingIsLeft() {
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
        assertThat(platform.closed).hasValue(1);
    }

    private static Usage teeObjects(long count) {
        return new Usage(0, 0, 0, 0, 0, 0, 0, 0, count);
    }

    @Test
    void theTeesOfThePlatformAreListedAndAnUnknownOneIsRefusedWithTheirNames() {
        assertThat(heaps.tees()).extracting(TeeInfo::name).containsExactly("tee0");
        assertThatThrownBy(() -> heaps.openTee("tee7"))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("there is no TEE tee7")
                .hasMessageContaining("[tee0]");
    }

    @Test
    void everythingThatIsOpenIsCountedAndClosingTwiceIsHarmless() {
        Tee tee = heaps.openTee("tee0");
        TeeSession session = tee.openSession(APPLICATION);
        TeeMemory memory = tee.allocate(4096);
        assertThat(heaps.usage()).isEqualTo(teeObjects(3));

        for (int time = 0; time < 2; time++) {
            memory.close();
            session.close();
            tee.close();
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void aRegisteredBufferLivesUntilNoCallUsesItWhateverIsClosed() {
        var ended = new CountDownLatch(2);
        try (Heap heap = heaps.find("system").orElseThrow();
                Tee tee = heaps.openTee("tee0");
                DmaBuf buffer = heap.allocate(4096)) {
            TeeMemory registered = tee.register(buffer);
            platform.tee.busy(true);
            registered.close(ended::countDown);
            registered.close(ended::countDown);
        }
        assertThat(heaps.usage().buffers()).as("a call uses it").isOne();
        assertThat(ended.getCount()).isEqualTo(2);

        platform.tee.busy(false);
        assertThat(heaps.usage().buffers()).isZero();
        assertThat(ended.getCount()).isZero();
    }

    @Test
    void nothingIsUsedAfterItWasClosed() {
        Tee tee = heaps.openTee("tee0");
        TeeSession session = tee.openSession(APPLICATION);
        TeeMemory memory = tee.allocate(4096);
        var reference = memory.in();
        memory.close();

        assertThatThrownBy(() -> session.invoke(1, reference))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this shared memory is closed");
        assertThatThrownBy(memory::segment).isInstanceOf(IllegalStateException.class);
        session.close();
        assertThatThrownBy(() -> session.invoke(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this session with " + APPLICATION + " is closed");
        tee.close();
        assertThatThrownBy(() -> tee.openSession(APPLICATION)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tee.allocate(1)).isInstanceOf(IllegalStateException.class);
        assertThat(tee).hasToString("connection to tee0 (closed)");
    }

    @Test
    void aSessionOutlivesTheConnectionThatMadeItAndTheHeaps() {
        TeeSession session;
        try (Tee tee = heaps.openTee("tee0")) {
            session = tee.openSession(APPLICATION);
        }
        heaps.close();
        assertThat(platform.closed).as("the platform is still needed").hasValue(0);

        assertThat(session.invoke(1).result()).isEqualTo(TeeResult.SUCCESS);
        session.close();
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aRegisteredBufferOutlivesItsHandles() {
        try (Tee tee = heaps.openTee("tee0");
                Heap heap = heaps.find("system").orElseThrow()) {
            DmaBuf buffer = heap.allocate(8192);
            TeeMemory registered = tee.register(buffer);
            buffer.close();

            assertThat(platform.memories).as("memory alive").hasValue(1);
            assertThat(registered.size()).isEqualTo(8192);
            registered.close();
            assertThat(platform.memories).hasValue(0);
        }
    }

    @Test
    void aClosedBufferIsNotRegistered() {
        try (Tee tee = heaps.openTee("tee0");
                Heap heap = heaps.find("system").orElseThrow()) {
            DmaBuf buffer = heap.allocate(4096);
            buffer.close();
            assertThatThrownBy(() -> tee.register(buffer)).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openTee", "openSession", "teeAllocate", "teeRegister"})
    void whatThePlatformRefusesLeavesNothingBehind(String operation) {
        platform.faults.fail(
                operation, HeapException.of(ErrorCode.DEVICE_GONE, "no answer").build());
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096)) {
            assertThatThrownBy(() -> {
                        try (Tee tee = heaps.openTee("tee0");
                                var _ = tee.allocate(1);
                                var _ = tee.register(buffer);
                                var _ = tee.openSession(APPLICATION)) {
                            throw new AssertionError("not reached: " + operation + " fails");
                        }
                    })
                    .isInstanceOf(HeapException.class)
                    .hasMessage("no answer");
        }
    }

    @Test
    void memoryOfAnotherConnectionIsRefused() {
        try (Tee one = heaps.openTee("tee0");
                Tee other = heaps.openTee("tee0");
                TeeMemory memory = other.allocate(16);
                TeeSession session = one.openSession(APPLICATION)) {
            assertThatThrownBy(() -> session.invoke(1, memory.in()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("shared memory was not shared through this connection");
        }
    }

    @Test
    void aRefusalKeepsResultOriginAndWhatTheApplicationWroteBack() {
        platform.tee.answer(operation -> new TeeReply(
                TeeResult.SHORT_BUFFER,
                TeeOrigin.TRUSTED_APP,
                List.of(new TeeOutput.Size(64), new TeeOutput.Value(1, 2))));
        try (Tee tee = heaps.openTee("tee0");
                TeeMemory memory = tee.allocate(16);
                TeeSession session = tee.openSession(APPLICATION)) {
            var refusal = catchThrowableOfType(
                    HeapException.class, () -> session.invoke(9, memory.out(), TeeParameter.valueOut()));

            assertThat(refusal.code()).isEqualTo(ErrorCode.TEE_FAILED);
            assertThat(refusal).hasMessageContaining("SHORT_BUFFER (0xffff0010) from TRUSTED_APP");
            TeeReply reply = refusal.teeReply().orElseThrow();
            assertThat(reply.size(0)).isEqualTo(64);
            assertThat(reply.value(1)).isEqualTo(new TeeOutput.Value(1, 2));
        }
    }

    @Test
    void whatIsClosedDuringACallEndsWithTheCall() throws Exception {
        var inside = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        platform.tee.answer(operation -> {
            inside.countDown();
            awaitLatch(goOn);
            MemorySegment seen = ((TeeParameter.MemoryReference)
                            operation.parameters().getFirst())
                    .memory()
                    .segment();
            seen.fill((byte) 1);
            return TeeReply.of(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP);
        });
        Tee tee = heaps.openTee("tee0");
        TeeMemory memory = tee.allocate(16);
        TeeSession session = tee.openSession(APPLICATION);
        var call = new FutureTask<>(() -> session.invoke(1, memory.out()));
        Thread.ofVirtual().start(call);
        awaitLatch(inside);

        memory.close();
        session.close();
        tee.close();
        assertThat(platform.tee.open).as("kept alive by the call").hasValue(3);

        goOn.countDown();
        assertThat(call.get(30, TimeUnit.SECONDS).result()).isEqualTo(TeeResult.SUCCESS);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aForgottenSessionIsClosedAndReported() {
        forgetSession();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    System.gc();
                    return heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty();
                });
        assertThat(heaps.problems()).anySatisfy(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.LEAKED_HANDLE);
            assertThat(problem.subject()).isEqualTo("session with " + APPLICATION);
            assertThat(problem.message()).contains("forgetSession");
        });
    }

    private void forgetSession() {
        try (Tee tee = heaps.openTee("tee0")) {
            tee.openSession(APPLICATION);
        }
    }
}
