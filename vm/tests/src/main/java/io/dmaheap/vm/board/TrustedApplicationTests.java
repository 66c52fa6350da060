package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeCancellation;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeInfo.Capability;
import io.dmaheap.tee.TeeInfo.Implementation;
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
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The board's OP-TEE, its pseudo applications, and our own one. */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class TrustedApplicationTests {
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    /** Lists the devices that OP-TEE offers; part of OP-TEE, so that nobody has to load it. */
    private static final UUID DEVICES = UUID.fromString("7011a688-ddde-4053-a5a9-7b3c4ddf13b8");
    /** Serves trusted applications only. */
    private static final UUID SYSTEM = UUID.fromString("3a2f8978-5dc0-11e8-9c2d-fa7ae01bbebc");

    private static final int FILL = 0;
    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int SHA256 = 6;
    private static final int WAIT = 7;

    private static final VarHandle FIRST_BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final Heaps heaps = Heaps.open();
    private final Tee tee = heaps.openTee("tee0");

    @AfterEach
    void close() {
        tee.close();
        heaps.close();
    }

    private static TeeReply refusal(ThrowingCallable call) {
        return catchThrowableOfType(HeapException.class, call).teeReply().orElseThrow();
    }

    @Test
    void opteeSaysWhatItIsAndWhatItsDriverCan() {
        assertThat(heaps.tees()).extracting(TeeInfo::name).containsExactly("tee0");
        var info = tee.info();
        assertThat(info.implementation()).isEqualTo(Implementation.OPTEE);
        assertThat(info.implementationCapabilities()).as("TrustZone").isEqualTo(1);
        assertThat(info.capabilities())
                .containsExactlyInAnyOrder(
                        Capability.GLOBAL_PLATFORM, Capability.REGISTERED_MEMORY, Capability.NULL_REFERENCE);
    }

    @Test
    void aPseudoApplicationFillsSharedMemory() {
        try (TeeSession devices = tee.openSession(DEVICES);
                TeeMemory list = tee.allocate(4096)) {
            long size = devices.invoke(0, list.out()).size(0);
            assertThat(size).isPositive().isLessThanOrEqualTo(4096);
            assertThat(size % 16).as("whole UUIDs").isZero();
            TeeReply tooShort = refusal(() -> devices.invoke(0, new TeeParameter.NullReference(Direction.OUT)));
            assertThat(tooShort.result()).isEqualTo(TeeResult.SHORT_BUFFER);
            assertThat(tooShort.size(0)).isEqualTo(size);
        }
    }

    @Test
    void aReferenceToNoBytesIsPassedOnWhereverItPoints() {
        try (TeeSession devices = tee.openSession(DEVICES);
                TeeMemory list = tee.allocate(4096)) {
            long size = devices.invoke(0, list.out()).size(0);
            for (long offset : new long[] {0, 100, list.size()}) {
                TeeReply tooShort = refusal(() -> devices.invoke(0, list.out(offset, 0)));
                assertThat(tooShort.result()).isEqualTo(TeeResult.SHORT_BUFFER);
                assertThat(tooShort.size(0)).isEqualTo(size);
            }
        }
    }

    @Test
    void aDigestInsideEqualsOneOutsideInMemoryOfBothKinds() throws Exception {
        long seed = System.nanoTime();
        byte[] message = new byte[16_000];
        new Random(seed).nextBytes(message);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(message);
        try (var arena = Arena.ofConfined();
                TeeSession video = tee.openSession(VIDEO);
                TeeMemory allocated = tee.allocate(20_000);
                TeeMemory registered = tee.register(arena.allocate(20_480, 4096))) {
            for (TeeMemory memory : new TeeMemory[] {allocated, registered}) {
                MemorySegment segment = memory.segment();
                MemorySegment.copy(message, 0, segment, ValueLayout.JAVA_BYTE, 100, message.length);
                TeeReply reply = video.invoke(SHA256, memory.in(100, message.length), memory.out(17_000, 32));
                assertThat(reply.size(1)).isEqualTo(32);
                assertThat(segment.asSlice(17_000, 32).toArray(ValueLayout.JAVA_BYTE))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
                assertThat(refusal(() -> video.invoke(SHA256, memory.in(), memory.out(0, 8)))
                                .size(1))
                        .isEqualTo(32);
            }
        }
    }

    @Test
    void valuesAndMemoryGoBothWays() {
        try (TeeSession video = tee.openSession(VIDEO);
                TeeMemory memory = tee.allocate(8192);
                TeeMemory copy = tee.allocate(8192)) {
            video.invoke(FILL, memory.out(0, 300), TeeParameter.valueIn(1, 0));
            TeeReply sum = video.invoke(SUM, memory.in(0, 300), TeeParameter.valueOut());
            long expected = 0;
            for (int i = 1; i <= 300; i++) {
                expected += i & 0xff;
            }
            assertThat(sum.value(1)).isEqualTo(new TeeOutput.Value(expected, 300));
            assertThat(sum.origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
            assertThat(video.invoke(COPY, memory.in(0, 300), copy.out()).size(1))
                    .isEqualTo(300);
            assertThat(copy.segment().asSlice(0, 300).mismatch(memory.segment().asSlice(0, 300)))
                    .isEqualTo(-1);
            assertThat(video.invoke(WHERE, memory.in(), TeeParameter.valueOut()).value(1))
                    .isEqualTo(new TeeOutput.Value(0, 1));
        }
    }

    @Test
    void everyRefusalTellsWhoRefused() {
        assertThat(refusal(() -> tee.openSession(new UUID(1, 1))))
                .isEqualTo(TeeReply.of(TeeResult.ITEM_NOT_FOUND, TeeOrigin.TEE));
        assertThat(refusal(() -> tee.openSession(SYSTEM)))
                .isEqualTo(TeeReply.of(TeeResult.ACCESS_DENIED, TeeOrigin.TRUSTED_APP));
        try (TeeSession video = tee.openSession(VIDEO)) {
            assertThat(refusal(() -> video.invoke(77)))
                    .isEqualTo(TeeReply.of(TeeResult.NOT_SUPPORTED, TeeOrigin.TRUSTED_APP));
            assertThat(refusal(() -> video.invoke(SUM)).result()).isEqualTo(TeeResult.BAD_PARAMETERS);
        }
        assertThatThrownBy(() -> tee.openSession(VIDEO, TeeLogin.APPLICATION, TeeOperation.of()))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.errno()).contains("EINVAL"));
        assertThatThrownBy(() -> tee.openSession(VIDEO, TeeLogin.group(4242), TeeOperation.of()))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        tee.openSession(VIDEO, TeeLogin.USER, TeeOperation.of()).close();
    }

    /** Half of the minute that the application would wait for: a request that does nothing fails. */
    @Test
    @Timeout(30)
    void aWaitingApplicationIsCancelled() throws Exception {
        try (TeeSession video = tee.openSession(VIDEO);
                TeeMemory memory = tee.allocate(16)) {
            var request = new TeeCancellation();
            var call = new FutureTask<>(() -> refusal(
                    () -> video.invoke(WAIT, TeeOperation.of(memory.out()).cancelledBy(request))));
            Thread.ofPlatform().start(call);
            awaitWaiting(memory);

            request.cancel();

            assertThat(call.get(30, TimeUnit.SECONDS))
                    .extracting(TeeReply::result, TeeReply::origin)
                    .containsExactly(TeeResult.CANCEL, TeeOrigin.TRUSTED_APP);
            checkThatItWorks(video, memory);
        }
    }

    @Test
    @Timeout(30)
    void anApplicationThatTakesTooLongIsStopped() {
        try (TeeSession video = tee.openSession(VIDEO);
                TeeMemory memory = tee.allocate(16);
                TeeMemory other = tee.allocate(16)) {
            var timeout = catchThrowableOfType(
                    HeapException.class,
                    () -> video.invoke(WAIT, TeeOperation.of(memory.out()).within(Duration.ofSeconds(2))));
            assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(isWaiting(memory)).as("it had begun").isTrue();
            // The session runs one call at a time: this one gets its turn because the other was stopped.
            checkThatItWorks(video, other);
        }
    }

    @Test
    @Timeout(30)
    void aCallThatIsCancelledBeforeItsTurnDoesNotBegin() throws Exception {
        try (TeeSession video = tee.openSession(VIDEO);
                TeeMemory first = tee.allocate(16);
                TeeMemory second = tee.allocate(16)) {
            var stopFirst = new TeeCancellation();
            var running = new FutureTask<>(() -> refusal(
                    () -> video.invoke(WAIT, TeeOperation.of(first.out()).cancelledBy(stopFirst))));
            Thread.ofPlatform().start(running);
            awaitWaiting(first);

            var timeout = catchThrowableOfType(
                    HeapException.class,
                    () -> video.invoke(WAIT, TeeOperation.of(second.out()).within(Duration.ofMillis(100))));
            assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(running.isDone()).as("nobody asked it to stop").isFalse();

            stopFirst.cancel();
            assertThat(running.get(30, TimeUnit.SECONDS))
                    .extracting(TeeReply::result, TeeReply::origin)
                    .containsExactly(TeeResult.CANCEL, TeeOrigin.TRUSTED_APP);
            checkThatItWorks(video, first);
            assertThat(isWaiting(second)).isFalse();
        }
    }

    private static void checkThatItWorks(TeeSession video, TeeMemory memory) {
        assertThat(video.invoke(SUM, memory.in(), TeeParameter.valueOut()).result())
                .isEqualTo(TeeResult.SUCCESS);
    }

    /** Until the application says, from the other world, that it waits. */
    private static void awaitWaiting(TeeMemory memory) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isWaiting(memory));
    }

    private static boolean isWaiting(TeeMemory memory) {
        return (byte) FIRST_BYTE.getVolatile(memory.segment(), 0L) == 1;
    }

    @Test
    void openingGivesUpWhereNoSupplicantRuns() throws Exception {
        ProcessHandle supplicant = ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/tee-supplicant"))
                .findFirst()
                .orElseThrow();
        String command = supplicant.info().command().orElseThrow();
        supplicant.destroy();
        supplicant.onExit().get(30, TimeUnit.SECONDS);
        try {
            var timeout = catchThrowableOfType(
                    HeapException.class,
                    () -> tee.openSession(
                            VIDEO, TeeLogin.PUBLIC, TeeOperation.of().within(Duration.ofMillis(500))));
            assertThat(timeout.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(timeout.hint().orElseThrow()).contains("tee-supplicant");
            tee.openSession(DEVICES).close();
        } finally {
            Process starting = new ProcessBuilder(command, "-d").inheritIO().start();
            assertThat(starting.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        tee.openSession(VIDEO).close();
        awaitEndOfTheLateCall();
    }

    /** The call that was given up gets its session now, closes it, and its thread ends. */
    private static void awaitEndOfTheLateCall() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("dmaheap-tee")) {
                assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
            }
        }
    }

    @Test
    void sharedMemoryIsNotInherited() throws Exception {
        try (TeeMemory memory = tee.allocate(4096)) {
            memory.segment().fill((byte) 1);
            var child = new ProcessBuilder("sh", "-c", "ls -l /proc/self/fd")
                    .redirectErrorStream(true)
                    .start();
            CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(child::destroyForcibly);
            assertThat(new String(child.getInputStream().readAllBytes())).doesNotContain("tee");
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            try (var own = Files.list(Path.of("/proc/self/fd"))) {
                assertThat(own.map(TrustedApplicationTests::target)).anyMatch(link -> link.contains("tee"));
            }
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.io.IOException _) {
            return "";
        }
    }
}
