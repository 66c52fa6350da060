package io.dmaheap.linux.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeCancellation;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The other world takes its time, as it does where no supplicant runs. Nothing here depends on how long anything takes. */
@Timeout(60)
class SlowTeeTests {
    private static final UUID APPLICATION = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofDays(1000);

    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    @BeforeEach
    void makeNode() throws IOException {
        Files.createFile(Files.createDirectories(root.resolve("dev")).resolve("tee0"));
    }

    @AfterEach
    void nothingIsLeft() {
        await().untilAsserted(() -> assertThat(libc.held()).isEmpty());
        assertThat(libc.tee.sessions).isEmpty();
        assertThat(libc.tee.sharedBytes()).isZero();
    }

    private TeeConnection connect() {
        return TeeNode.below(root, libc).getFirst().open();
    }

    private void awaitInside(int calls) {
        await().until(() -> libc.tee.inside.get() == calls);
    }

    @Test
    void openingGivesUpInTimeAndTheLateSessionIsClosedByTheThreadThatWaitedForIt() {
        TeeConnection tee = connect();
        CountDownLatch gate = libc.tee.gate();

        do { // until the thread that makes the call was quicker than the time
            var timeout = catchThrowableOfType(
                    HeapException.class,
                    () -> tee.openSession(
                            APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().within(SHORT)));
            assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(timeout.hint().orElseThrow()).contains("tee-supplicant");
        } while (libc.tee.inside.get() == 0);

        tee.close();
        assertThat(libc.openFds()).as("needed by the call that runs on").hasSize(1);

        gate.countDown();
        await().until(() -> libc.openFds().isEmpty());
    }

    @Test
    void theLateSessionOfAConnectionThatIsStillOpenIsClosed() throws Exception {
        try (TeeConnection tee = connect()) {
            CountDownLatch gate = libc.tee.gate();
            var opening = new FutureTask<>(() -> catchThrowableOfType(
                    HeapException.class,
                    () -> tee.openSession(
                            APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().within(LONG))));
            Thread caller = Thread.ofPlatform().start(opening);
            awaitInside(1);
            caller.interrupt();
            assertThat(opening.get(30, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.INTERRUPTED);
            gate.countDown();
            await().until(() -> libc.count("TEE_IOC_CLOSE_SESSION") == 1);
        }
    }

    @Test
    void aSessionThatComesInTimeIsTheCallers() {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(
                        APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().within(LONG))) {
            assertThat(session.invoke(1, TeeOperation.of().within(LONG)).result())
                    .isEqualTo(TeeResult.SUCCESS);
        }
    }

    @Test
    void aRefusalReachesTheCallerAcrossTheThreads() {
        libc.tee.answers(TeeResult.ITEM_NOT_FOUND.code(), 3);
        try (TeeConnection tee = connect()) {
            var refusal = catchThrowableOfType(HeapException.class, () -> tee.openSession(APPLICATION));
            assertThat(refusal.teeReply()).contains(TeeReply.of(TeeResult.ITEM_NOT_FOUND, TeeOrigin.TEE));
        }
    }

    @Test
    void openingIsGivenUpOnRequest() throws Exception {
        TeeConnection tee = connect();
        CountDownLatch gate = libc.tee.gate();
        var request = new TeeCancellation();
        var opening = new FutureTask<>(() -> catchThrowableOfType(
                HeapException.class,
                () -> tee.openSession(
                        APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().cancelledBy(request))));
        Thread.ofPlatform().start(opening);
        awaitInside(1);

        request.cancel();

        assertThat(opening.get(30, TimeUnit.SECONDS).teeReply()).contains(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API));
        tee.close();
        gate.countDown();
    }

    @Test
    void aCommandThatTakesTooLongIsAskedToStopAndKeepsItsMemoryMeanwhile() {
        TeeConnection tee = connect();
        TeeMemory memory = tee.allocate(4096);
        TeeSession session = tee.openSession(APPLICATION);
        // A gate that a cancellation does not open: an application that masks them.
        CountDownLatch gate = libc.tee.stubbornGate();

        HeapException timeout;
        do { // until the thread that makes the call was quicker than the time
            timeout = catchThrowableOfType(
                    HeapException.class,
                    () -> session.invoke(1, TeeOperation.of(memory.out()).within(SHORT)));
            assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
        } while (libc.tee.inside.get() == 0);
        assertThat(timeout.hint().orElseThrow()).contains("asked to stop");

        await().until(() -> libc.count("TEE_IOC_CANCEL") > 0);
        var unused = new CountDownLatch(1);
        memory.close(unused::countDown);
        session.close();
        tee.close();
        assertThat(libc.openFds()).as("node and memory, needed by the call").hasSize(2);
        assertThat(libc.tee.sessions).hasSize(1);
        assertThat(unused.getCount()).as("in use").isOne();
        gate.countDown();
        pass(unused);
        var later = new CountDownLatch(1);
        memory.close(later::countDown);
        assertThat(later.getCount()).as("unused long since").isZero();
    }

    @Test
    void aCommandIsCancelledFromAnotherThread() throws Exception {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.gate();
            var request = new TeeCancellation();
            var call = new FutureTask<>(() -> catchThrowableOfType(
                    HeapException.class,
                    () -> session.invoke(1, TeeOperation.of().cancelledBy(request))));
            Thread.ofPlatform().start(call);
            awaitInside(1);

            libc.tee.answers(TeeResult.CANCEL.code(), 4);
            request.cancel();

            assertThat(call.get(30, TimeUnit.SECONDS).teeReply().orElseThrow().origin())
                    .isEqualTo(TeeOrigin.TRUSTED_APP);
        }
    }

    private FutureTask<TeeReply> refusedInBackground(TeeSession session, TeeOperation operation) {
        var call = new FutureTask<>(() -> catchThrowableOfType(HeapException.class, () -> session.invoke(1, operation))
                .teeReply()
                .orElseThrow());
        Thread.ofPlatform().start(call);
        return call;
    }

    @Test
    void aRequestThatTheTeeLosesIsMadeAgain() throws Exception {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.gate();
            libc.tee.losesRequests(2);
            var request = new TeeCancellation();
            var call = refusedInBackground(session, TeeOperation.of().cancelledBy(request));
            awaitInside(1);

            libc.tee.answers(TeeResult.CANCEL.code(), 4);
            request.cancel();

            assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(TeeReply.of(TeeResult.CANCEL, TeeOrigin.TRUSTED_APP));
            assertThat(libc.count("TEE_IOC_CANCEL")).isEqualTo(3);
        }
    }

    @Test
    void aRequestThatOvertakesItsCommandOnTheWayToTheTeeIsMadeAgain() throws Exception {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.gate();
            libc.tee.answers(TeeResult.CANCEL.code(), 4);
            var request = new TeeCancellation();
            libc.before("TEE_IOC_INVOKE", () -> {
                request.cancel();
                await().until(() -> libc.count("TEE_IOC_CANCEL") > 0);
            });
            var call = refusedInBackground(session, TeeOperation.of().cancelledBy(request));

            assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(TeeReply.of(TeeResult.CANCEL, TeeOrigin.TRUSTED_APP));
        }
    }

    @Test
    void aCommandThatIsCancelledBeforeItsTurnDoesNotBegin() throws Exception {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            CountDownLatch gate = libc.tee.gate();
            var first = new FutureTask<>(() -> session.invoke(1));
            Thread.ofPlatform().start(first);
            awaitInside(1);
            var request = new TeeCancellation();
            var second = new FutureTask<>(() -> catchThrowableOfType(
                    HeapException.class,
                    () -> session.invoke(2, TeeOperation.of().cancelledBy(request))));
            Thread inLine = Thread.ofPlatform().start(second);
            await().until(() -> inLine.getState() == Thread.State.WAITING);

            request.cancel();

            assertThat(second.get(30, TimeUnit.SECONDS).teeReply().orElseThrow())
                    .isEqualTo(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API));
            assertThat(first.isDone()).isFalse();
            gate.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS).result()).isEqualTo(TeeResult.SUCCESS);
            assertThat(libc.count("TEE_IOC_INVOKE")).isEqualTo(1);
            assertThat(libc.count("TEE_IOC_CANCEL"))
                    .as("it would have met the first one")
                    .isZero();
        }
    }

    @Test
    void aCommandThatIsGivenUpBeforeItsTurnDoesNotBegin() throws Exception {
        TeeConnection tee = connect();
        TeeSession session = tee.openSession(APPLICATION);
        CountDownLatch gate = libc.tee.gate();
        var first = new FutureTask<>(() -> session.invoke(1));
        Thread.ofPlatform().start(first);
        awaitInside(1);

        assertThatThrownBy(() -> session.invoke(2, TeeOperation.of().within(SHORT)))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));

        gate.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).result()).isEqualTo(TeeResult.SUCCESS);
        session.close();
        tee.close();
        await().until(() -> libc.openFds().isEmpty());
        assertThat(libc.count("TEE_IOC_INVOKE")).isEqualTo(1);
    }

    @Test
    void closingItsSessionDoesNotProtectACommandFromARequest() throws Exception {
        TeeConnection tee = connect();
        TeeSession session = tee.openSession(APPLICATION);
        libc.tee.gate();
        var request = new TeeCancellation();
        var call = refusedInBackground(session, TeeOperation.of().cancelledBy(request));
        awaitInside(1);
        session.close();
        tee.close();

        libc.tee.answers(TeeResult.CANCEL.code(), 4);
        request.cancel();

        assertThat(call.get(30, TimeUnit.SECONDS).origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
    }

    @Test
    void theNextCommandBeginsWhenNoRequestForTheLastOneIsOnItsWay() throws Exception {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            CountDownLatch gate = libc.tee.stubbornGate();
            var onItsWay = new CountDownLatch(1);
            var arrive = new CountDownLatch(1);
            libc.before("TEE_IOC_CANCEL", () -> {
                onItsWay.countDown();
                pass(arrive);
            });
            var request = new TeeCancellation();
            var first =
                    new FutureTask<>(() -> session.invoke(1, TeeOperation.of().cancelledBy(request)));
            Thread.ofPlatform().start(first);
            awaitInside(1);
            Thread.ofPlatform().start(request::cancel);
            assertThat(onItsWay.await(30, TimeUnit.SECONDS)).isTrue();

            gate.countDown();
            awaitInside(0);
            var second = new FutureTask<>(() -> session.invoke(2));
            Thread.ofPlatform().start(second);
            arrive.countDown();

            assertThat(first.get(30, TimeUnit.SECONDS).result()).isEqualTo(TeeResult.SUCCESS);
            assertThat(second.get(30, TimeUnit.SECONDS).result()).isEqualTo(TeeResult.SUCCESS);
            assertThat(libc.calls()).containsSubsequence("TEE_IOC_INVOKE", "TEE_IOC_CANCEL", "TEE_IOC_INVOKE");
            assertThat(libc.count("TEE_IOC_CANCEL")).isEqualTo(1);
        }
    }

    @Test
    void whoeverGivesUpDoesNotWaitUntilTheTeeHasRoomForTheRequest() {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            CountDownLatch gate = libc.tee.stubbornGate();
            var arrive = new CountDownLatch(1);
            libc.before("TEE_IOC_CANCEL", () -> pass(arrive));
            while (libc.tee.inside.get() == 0) {
                assertThatThrownBy(() -> session.invoke(1, TeeOperation.of().within(SHORT)))
                        .isInstanceOfSatisfying(
                                HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
            }
            gate.countDown();
            arrive.countDown();
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsGivenUpBeforeItsThreadHasStartedDoesNotBegin() {
        var begun = new CountDownLatch(1);
        var call = new GivenUp<>(
                "test",
                () -> {
                    begun.countDown();
                    return "";
                },
                late -> {});
        var reason = HeapException.of(ErrorCode.TEE_FAILED, "enough").build();

        call.giveUp(reason);

        assertThatThrownBy(() -> call.await(Optional.empty(), "")).isSameAs(reason);
        awaitEndOfCalls();
        assertThat(begun.getCount()).isOne();
    }

    private static void awaitEndOfCalls() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("dmaheap-tee")));
    }

    @Test
    void whatWasCancelledBeforeItBeganDoesNotBegin() {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            var request = new TeeCancellation();
            request.cancel();
            var operation = TeeOperation.of().cancelledBy(request);
            assertThatThrownBy(() -> session.invoke(1, operation)).hasMessageContaining("CANCEL (0xffff0002) from API");
            assertThatThrownBy(() -> tee.openSession(APPLICATION, TeeLogin.PUBLIC, operation))
                    .hasMessageContaining("was cancelled");
            assertThat(libc.count("TEE_IOC_INVOKE")).isZero();
            assertThat(libc.count("TEE_IOC_OPEN_SESSION")).isEqualTo(1);
        }
    }

    @Test
    void anInterruptedThreadStopsWaitingAndStaysInterrupted() throws Exception {
        TeeConnection tee = connect();
        CountDownLatch gate = libc.tee.gate();
        var opening = new FutureTask<>(() -> {
            var thrown = catchThrowableOfType(HeapException.class, () -> tee.openSession(APPLICATION));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return thrown.code();
        });
        Thread waiting = Thread.ofPlatform().start(opening);
        awaitInside(1);

        waiting.interrupt();

        assertThat(opening.get(30, TimeUnit.SECONDS)).isEqualTo(ErrorCode.INTERRUPTED);
        tee.close();
        gate.countDown();
    }
}
