package io.dmaheap.emulator.tee;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeCancellation;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmulatedTeeTests {
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final int FILL = 0;
    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int INJECT = 4;
    private static final int TRANSFORM = 5;
    private static final int SHA256 = 6;
    private static final int WAIT = 7;

    private final CountDownLatch naiveClosed = new CountDownLatch(1);
    private final Emulator board = Emulator.standard();
    private final Platform platform = open();
    private final TeeConnection tee = platform.tees().getFirst().open();
    private final TeeSession video = tee.openSession(VIDEO);

    private Platform open() {
        board.secureWorld().install(() -> new Naive(naiveClosed));
        return board.open(Map.of());
    }

    @AfterEach
    void switchOff() {
        video.close();
        tee.close();
        platform.close();
    }

    private Memory protectedMemory(long size) {
        return region(platform, "restricted-cm@50000000").take(0, AllocationRequest.of(size));
    }

    private static TeeReply refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(HeapException.class, call).teeReply().orElseThrow();
    }

    @Test
    void theBoardsTeeCanWhatTheRealOneCan() {
        assertThat(platform.tees()).singleElement().satisfies(one -> {
            assertThat(one.info().name()).isEqualTo("tee0");
            assertThat(one.info().capabilities()).hasSize(3);
        });
    }

    @Test
    void aBoardWithoutOpteeHasNoTee(@TempDir Path directory) throws IOException {
        Path tree = Files.writeString(
                directory.resolve("plain.dts"),
                "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;"
                        + " memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x10000000>; }; };");
        try (Platform plain = Emulator.with(Map.of("board", tree.toString())).open(Map.of())) {
            assertThat(plain.tees()).isEmpty();
        }
    }

    @Test
    void aTeeMayComeLate() {
        var node = platform.tees().getFirst();
        board.secureWorld().setPresent(false);
        assertThat(platform.tees()).isEmpty();
        assertThatThrownBy(node::open)
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE));
        board.secureWorld().setPresent(true);
        assertThat(platform.tees()).hasSize(1);
    }

    /** As on the board: the application is asked, and says what it needs. */
    @Test
    void aReferenceToNoBytesIsPassedOnWhereverItPoints() {
        Memory memory = protectedMemory(8192);
        try (TeeMemory plain = tee.allocate(4096);
                TeeMemory registered = tee.register(memory)) {
            for (TeeMemory one : List.of(plain, registered)) {
                for (long offset : new long[] {0, 100, one.size()}) {
                    TeeReply tooShort = refusal(() -> video.invoke(SHA256, plain.in(0, 100), one.out(offset, 0)));
                    assertThat(tooShort.result()).isEqualTo(TeeResult.SHORT_BUFFER);
                    assertThat(tooShort.size(1)).isEqualTo(32);
                }
                assertThat(video.invoke(SHA256, one.in(one.size(), 0), plain.out())
                                .size(1))
                        .isEqualTo(32);
                assertThatThrownBy(() -> one.out(one.size() + 1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
        memory.release();
    }

    @Test
    void whoeverOpensNoSessionSaysSo() {
        assertThat(refusal(() -> tee.openSession(new UUID(7, 7))))
                .isEqualTo(TeeReply.of(TeeResult.ITEM_NOT_FOUND, TeeOrigin.TEE));
        assertThat(refusal(
                        () -> tee.openSession(Naive.ID, TeeLogin.PUBLIC, TeeOperation.of(TeeParameter.valueIn(1, 1)))))
                .satisfies(reply -> {
                    assertThat(reply.result()).isEqualTo(TeeResult.ACCESS_DENIED);
                    assertThat(reply.origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
                });
        assertThatThrownBy(() -> tee.openSession(VIDEO, TeeLogin.APPLICATION, TeeOperation.of()))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.errno()).contains("EINVAL"));
        tee.openSession(VIDEO, TeeLogin.USER, TeeOperation.of()).close();
    }

    @Test
    void theApplicationWorksOnMemoryOfTheProcess() {
        try (var arena = Arena.ofConfined();
                TeeMemory allocated = tee.allocate(100_000);
                TeeMemory registered = tee.register(arena.allocate(8192, 4096))) {
            video.invoke(FILL, registered.out(100, 300), TeeParameter.valueIn(250, 0));
            assertThat(registered.segment().get(ValueLayout.JAVA_BYTE, 99)).isZero();
            assertThat(registered.segment().get(ValueLayout.JAVA_BYTE, 100)).isEqualTo((byte) 250);
            assertThat(registered.segment().get(ValueLayout.JAVA_BYTE, 399)).isEqualTo((byte) (250 + 299));
            assertThat(registered.segment().get(ValueLayout.JAVA_BYTE, 400)).isZero();

            video.invoke(FILL, allocated.out(), TeeParameter.valueIn(0, 0));
            var sum = video.invoke(SUM, allocated.in(0, 100_000), TeeParameter.valueOut());
            long expected = 0;
            for (int i = 0; i < 100_000; i++) {
                expected += i & 0xff;
            }
            assertThat(sum.value(1)).isEqualTo(new TeeOutput.Value(expected, 100_000));
            assertThat(video.invoke(WHERE, allocated.in(), TeeParameter.valueOut())
                            .value(1))
                    .isEqualTo(new TeeOutput.Value(0, 1));
        }
    }

    @Test
    void aDigestInsideEqualsOneOutside() throws Exception {
        long seed = 20240515;
        byte[] message = new byte[70_001];
        new Random(seed).nextBytes(message);
        try (TeeMemory in = tee.allocate(message.length);
                TeeMemory out = tee.allocate(32)) {
            MemorySegment.copy(message, 0, in.segment(), ValueLayout.JAVA_BYTE, 0, message.length);
            var reply = video.invoke(SHA256, in.in(0, message.length), out.out());
            assertThat(reply.size(1)).isEqualTo(32);
            assertThat(out.segment().asSlice(0, 32).toArray(ValueLayout.JAVA_BYTE))
                    .as("seed %d", seed)
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(message));
        }
    }

    @Test
    void anOutputThatIsTooShortTellsTheSizeThatWouldDo() {
        try (TeeMemory memory = tee.allocate(4096)) {
            assertThat(refusal(() -> video.invoke(SHA256, memory.in(), memory.out(0, 8)))
                            .size(1))
                    .isEqualTo(32);
            TeeReply toNothing =
                    refusal(() -> video.invoke(COPY, memory.in(), new TeeParameter.NullReference(Direction.OUT)));
            assertThat(toNothing.result()).isEqualTo(TeeResult.SHORT_BUFFER);
            assertThat(toNothing.size(1)).isEqualTo(4096);
        }
    }

    @Test
    void wrongParametersAndCommandsAreTheApplicationsToRefuse() {
        try (TeeMemory memory = tee.allocate(16)) {
            assertThat(refusal(() -> video.invoke(SUM, memory.in())).result()).isEqualTo(TeeResult.BAD_PARAMETERS);
            assertThat(refusal(() -> video.invoke(SUM, memory.out(), TeeParameter.valueOut()))
                            .origin())
                    .isEqualTo(TeeOrigin.TRUSTED_APP);
            assertThat(refusal(() -> video.invoke(77)).result()).isEqualTo(TeeResult.NOT_SUPPORTED);
        }
    }

    @Test
    void protectedContentsAreInjectedTransformedAndDumped() {
        Memory buffer = protectedMemory(64 << 10);
        try (TeeMemory frame = tee.register(buffer);
                TeeMemory clear = tee.allocate(64 << 10);
                TeeMemory dump = tee.allocate(64 << 10)) {
            assertThat(video.invoke(WHERE, frame.in(), TeeParameter.valueOut()).value(1))
                    .isEqualTo(new TeeOutput.Value(1, 0));
            for (int i = 0; i < 64 << 10; i++) {
                clear.segment().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7));
            }

            video.invoke(INJECT, frame.out(), clear.in());
            video.invoke(TRANSFORM, frame.inOut());
            video.invoke(COPY, frame.in(), dump.out());

            for (int i = 0; i < 64 << 10; i++) {
                assertThat(dump.segment().get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) -(i * 7));
            }
            assertThatThrownBy(frame::segment)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
            assertThat(refusal(() -> video.invoke(INJECT, clear.out(), frame.in()))
                            .result())
                    .as("injecting the other way round")
                    .isEqualTo(TeeResult.ACCESS_DENIED);
        } finally {
            buffer.release();
        }
    }

    @Test
    void protectedMemoryIsNotPassedToAnApplicationThatWasNotMadeForIt() {
        Memory buffer = protectedMemory(4096);
        try (TeeMemory frame = tee.register(buffer);
                TeeSession naive = tee.openSession(Naive.ID)) {
            assertThat(refusal(() -> naive.invoke(1, frame.in())))
                    .isEqualTo(TeeReply.of(TeeResult.BAD_PARAMETERS, TeeOrigin.TEE));
            try (TeeMemory plain = tee.allocate(16)) {
                assertThat(naive.invoke(1, plain.in()).result()).isEqualTo(TeeResult.SUCCESS);
            }
        } finally {
            buffer.release();
        }
    }

    @Test
    void ordinaryMemoryIsNotRegistered() {
        Memory ordinary = platform.systemMemory().orElseThrow().allocate(AllocationRequest.of(4096));
        try {
            assertThatThrownBy(() -> tee.register(ordinary)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(e.errno()).contains("EINVAL");
            });
        } finally {
            ordinary.release();
        }
    }

    @Test
    void theFirewallStopsTheSecureWorldToo() {
        Memory buffer = protectedFor("tee", Access.READ);
        try (TeeMemory frame = tee.register(buffer)) {
            video.invoke(SUM, frame.in(), TeeParameter.valueOut());
            assertThat(refusal(() -> video.invoke(FILL, frame.out(), TeeParameter.valueIn(1, 0))))
                    .as("the application dies of the bus fault")
                    .isEqualTo(TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE));
        }
        buffer.release();
    }

    @Test
    void memoryThatIsClosedToTheSecureWorldIsNotRegistered() {
        Memory buffer = protectedFor("gpu", Access.READ_WRITE);
        var refused = catchThrowableOfType(HeapException.class, () -> tee.register(buffer));
        assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused.errno()).contains("EINVAL");
        assertThat(refused).hasMessageContaining("not on its access list");
        buffer.release();
    }

    private Memory protectedFor(String device, Access access) {
        MemoryRegion region = region(platform, "protected@66000000");
        var loan = region.lend(0, 4096);
        platform.firewall().orElseThrow().restrict(loan.range(), AccessList.of(device, access));
        return region.take(List.of(loan.range()), AllocationRequest.of(4096));
    }

    @Test
    void aReferenceOutOfBoundsNeverReachesTheApplication() {
        try (TeeMemory memory = tee.allocate(4096)) {
            assertThatThrownBy(() -> video.invoke(SUM, memory.in(4000, 97), TeeParameter.valueOut()))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void anApplicationWaitsUntilItIsCancelled() throws Exception {
        try (TeeMemory memory = tee.allocate(16)) {
            var request = new TeeCancellation();
            var call = waiting(memory, request);

            request.cancel();

            assertThat(call.get(30, TimeUnit.SECONDS))
                    .extracting(TeeReply::result, TeeReply::origin)
                    .containsExactly(TeeResult.CANCEL, TeeOrigin.TRUSTED_APP);
            assertThat(memory.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
        }
    }

    /** A call that is inside the application. */
    private FutureTask<TeeReply> waiting(TeeMemory memory, TeeCancellation request) throws InterruptedException {
        var inside = new CountDownLatch(1);
        board.secureWorld().interpose(VIDEO, (command, parameters, behind) -> {
            inside.countDown();
            return behind.invoke(command, parameters);
        });
        var call = new FutureTask<>(() ->
                refusal(() -> video.invoke(WAIT, TeeOperation.of(memory.out()).cancelledBy(request))));
        Thread.ofVirtual().start(call);
        assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
        return call;
    }

    @Test
    void aCallThatIsStoppedBeforeItsTurnDoesNotBegin() throws Exception {
        try (TeeMemory first = tee.allocate(16);
                TeeMemory second = tee.allocate(16)) {
            var request = new TeeCancellation();
            var running = waiting(first, request);
            var leave = new TeeCancellation();
            var inLine = new FutureTask<>(() -> refusal(
                    () -> video.invoke(WAIT, TeeOperation.of(second.out()).cancelledBy(leave))));
            Thread thread = Thread.ofPlatform().start(inLine);
            Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);

            leave.cancel();
            assertThat(inLine.get(30, TimeUnit.SECONDS)).isEqualTo(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API));
            assertThatThrownBy(() ->
                            video.invoke(WAIT, TeeOperation.of(second.out()).within(Duration.ofMillis(1))))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
            assertThat(running.isDone()).as("nobody asked it to stop").isFalse();

            request.cancel();
            running.get(30, TimeUnit.SECONDS);
            assertThat(video.invoke(SUM, second.in(), TeeParameter.valueOut()).value(1))
                    .as("nobody wrote")
                    .isEqualTo(new TeeOutput.Value(0, 4096));
        }
    }

    @Test
    void aCallThatTakesTooLongIsGivenUpAndItsApplicationStops() {
        var begun = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        board.secureWorld().interpose(VIDEO, (command, parameters, behind) -> {
            begun.countDown();
            TeeResult result = behind.invoke(command, parameters);
            stopped.countDown();
            return result;
        });
        try (TeeMemory memory = tee.allocate(16)) {
            do { // until the thread that makes the call was quicker than the time
                assertThatThrownBy(() ->
                                video.invoke(WAIT, TeeOperation.of(memory.out()).within(Duration.ofMillis(1))))
                        .isInstanceOfSatisfying(
                                HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
            } while (begun.getCount() > 0);
            await(stopped);
        }
    }

    @Test
    void aSessionThatWasClosedDuringACallEndsWithIt() throws Exception {
        var goOn = new CountDownLatch(1);
        var inside = new CountDownLatch(1);
        board.secureWorld().interpose(Naive.ID, (command, parameters, behind) -> {
            inside.countDown();
            await(goOn);
            return TeeResult.SUCCESS;
        });
        TeeSession naive = tee.openSession(Naive.ID);
        var givenUp = new FutureTask<>(() -> catchThrowableOfType(
                HeapException.class, () -> naive.invoke(1, TeeOperation.of().within(Duration.ofDays(1)))));
        Thread caller = Thread.ofPlatform().start(givenUp);
        await(inside);
        caller.interrupt();
        assertThat(givenUp.get(30, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.INTERRUPTED);
        naive.close();
        naive.close();
        assertThat(naiveClosed.getCount()).as("the application still works").isOne();
        goOn.countDown();
        await(naiveClosed);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatWasCancelledBeforeItBeganDoesNotBegin() {
        var request = new TeeCancellation();
        request.cancel();
        try (TeeMemory memory = tee.allocate(16)) {
            assertThat(refusal(() ->
                            video.invoke(WAIT, TeeOperation.of(memory.out()).cancelledBy(request))))
                    .isEqualTo(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API));
        }
    }

    @Test
    void aDeadTeeAnswersNothingUntilItIsRevived() {
        board.secureWorld().kill();
        assertThat(refusal(() -> tee.openSession(VIDEO)))
                .isEqualTo(TeeReply.of(TeeResult.COMMUNICATION, TeeOrigin.COMMS));
        try (TeeMemory memory = tee.allocate(16)) {
            var dead = catchThrowableOfType(
                    HeapException.class, () -> video.invoke(SUM, memory.in(), TeeParameter.valueOut()));
            assertThat(dead.code()).isEqualTo(ErrorCode.DEVICE_GONE);
            assertThat(dead.teeReply()).contains(TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE));

            board.secureWorld().revive();
            assertThat(video.invoke(SUM, memory.in(), TeeParameter.valueOut()).result())
                    .isEqualTo(TeeResult.SUCCESS);
        }
    }

    @Test
    void whatAnApplicationDidAsTheTeeDiedIsDoneAndTheAnswerLost() {
        board.secureWorld().interpose(VIDEO, (command, parameters, behind) -> {
            TeeResult result = behind.invoke(command, parameters);
            board.secureWorld().kill();
            return result;
        });
        try (TeeMemory memory = tee.allocate(16)) {
            assertThat(refusal(() -> video.invoke(FILL, memory.out(), TeeParameter.valueIn(1, 0))))
                    .isEqualTo(TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE));
            assertThat(memory.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
        }
    }

    @Test
    void anApplicationThatPanickedIsDeadForItsSessionOnly() {
        try (TeeSession naive = tee.openSession(Naive.ID);
                TeeSession other = tee.openSession(Naive.ID)) {
            assertThat(refusal(() -> naive.invoke(99)).result()).isEqualTo(TeeResult.TARGET_DEAD);
            assertThat(refusal(() -> naive.invoke(1)).result()).isEqualTo(TeeResult.TARGET_DEAD);
            assertThat(other.invoke(1).result()).isEqualTo(TeeResult.SUCCESS);
        }
    }

    @Test
    void nothingIsUsedAfterItsEnd() {
        TeeConnection other = platform.tees().getFirst().open();
        TeeSession session = other.openSession(VIDEO);
        TeeMemory memory = other.allocate(16);
        var reference = memory.in();
        assertThatThrownBy(() -> video.invoke(SUM, reference, TeeParameter.valueOut()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was not shared through this connection");
        memory.close();
        memory.close();
        assertThatThrownBy(() -> session.invoke(SUM, reference, TeeParameter.valueOut()))
                .isInstanceOf(IllegalStateException.class);
        session.close();
        assertThatThrownBy(() -> session.invoke(SUM)).isInstanceOf(IllegalStateException.class);
        other.close();
        assertThatThrownBy(() -> other.allocate(16)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> other.openSession(VIDEO)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSegmentThatHasEndedIsNotRegisteredNorPassed() {
        Arena arena = Arena.ofConfined();
        MemorySegment segment = arena.allocate(4096, 4096);
        try (TeeMemory memory = tee.register(segment)) {
            arena.close();
            assertThatThrownBy(() -> video.invoke(SUM, memory.in()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
            assertThatThrownBy(() -> tee.register(segment))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
        }
    }

    @Test
    void aReadOnlySegmentIsInputOnly() {
        try (Arena arena = Arena.ofShared();
                TeeMemory memory = tee.register(arena.allocate(4096, 4096).asReadOnly())) {
            for (TeeParameter parameter : new TeeParameter[] {memory.out(), memory.inOut()}) {
                assertThatThrownBy(() -> video.invoke(FILL, TeeParameter.valueIn(0x5a, 0), parameter))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("read-only");
            }
        }
    }
}
