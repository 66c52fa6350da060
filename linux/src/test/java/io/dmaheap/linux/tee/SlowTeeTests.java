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
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
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

        var timeout = catchThrowableOfType(
                HeapException.class,
                () -> tee.openSession(
                        APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().within(SHORT)));
        assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
        assertThat(timeout.hint().orElseThrow()).contains("tee-supplicant");

        awaitInside(1);
        tee.close();
        assertThat(libc.openFds()).as("needed by the call that runs on").hasSize(1);

        gate.countDown();
        await().until(() -> libc.openFds().isEmpty());
    }

    @Test
    void theLateSessionOfAConnectionThatIsStillOpenIsClosed() {
        try (TeeConnection tee = connect()) {
            CountDownLatch gate = libc.tee.gate();
            assertThatThrownBy(() -> tee.openSession(
                            APPLICATION, TeeLogin.PUBLIC, TeeOperation.of().within(SHORT)))
                    .isInstanceOf(HeapException.class);
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

        assertThat(opening.get().teeReply()).contains(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API));
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

        var timeout = catchThrowableOfType(
                HeapException.class,
                () -> session.invoke(1, TeeOperation.of(memory.out()).within(SHORT)));
        assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
        assertThat(timeout.hint().orElseThrow()).contains("asked to stop");

        awaitInside(1);
        assertThat(libc.count("TEE_IOC_CANCEL")).isEqualTo(1);
        memory.close();
        session.close();
        tee.close();
        assertThat(libc.openFds()).as("node and memory, needed by the call").hasSize(2);
        assertThat(libc.tee.sessions).hasSize(1);
        gate.countDown();
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

            assertThat(call.get().teeReply().orElseThrow().origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
        }
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

        assertThat(opening.get()).isEqualTo(ErrorCode.INTERRUPTED);
        tee.close();
        gate.countDown();
    }
}
