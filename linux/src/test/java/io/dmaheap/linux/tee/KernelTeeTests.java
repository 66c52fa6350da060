package io.dmaheap.linux.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo.Capability;
import io.dmaheap.tee.TeeInfo.Implementation;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTeeTests {
    private static final UUID APPLICATION = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    @BeforeEach
    void makeNodes() throws IOException {
        Path dev = Files.createDirectories(root.resolve("dev"));
        for (String name : new String[] {"tee0", "tee1", "teepriv0", "tty0", "teeth"}) {
            Files.createFile(dev.resolve(name));
        }
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(libc.held()).isEmpty();
        assertThat(libc.tee.sessions).isEmpty();
        assertThat(libc.tee.sharedBytes()).isZero();
    }

    private PlatformTee node() {
        return TeeNode.below(root, libc).getFirst();
    }

    @Test
    void theDoorsOfClientsAreListedWithWhatTheirDriverCan() {
        assertThat(TeeNode.below(root, libc))
                .extracting(tee -> tee.info().name())
                .containsExactly("tee0", "tee1");
        var info = node().info();
        assertThat(info.implementation()).isEqualTo(Implementation.OPTEE);
        assertThat(info.implementationCapabilities()).isEqualTo(1);
        assertThat(info.capabilities())
                .containsExactlyInAnyOrder(
                        Capability.GLOBAL_PLATFORM, Capability.REGISTERED_MEMORY, Capability.NULL_REFERENCE);
        assertThat(info.openable().yes()).isTrue();
        assertThat(TeeNode.below(root.resolve("elsewhere"), libc)).isEmpty();
    }

    @Test
    void aNodeThatMayNotBeOpenedIsListedWithTheReasonAndWhatSysfsTells() throws IOException {
        Path sysfs = Files.createDirectories(root.resolve("sys/class/tee/tee0"));
        Files.writeString(sysfs.resolve("implementation_id"), "4\n");
        libc.fail("open", Errno.EACCES);

        var info = node().info();

        assertThat(info.openable().yes()).isFalse();
        assertThat(info.openable().reason()).contains("EACCES").contains("udev");
        assertThat(info.implementation()).isEqualTo(Implementation.QTEE);
    }

    @ParameterizedTest
    @CsvSource({
        "13, PERMISSION_DENIED, teeclnt",
        "1, PERMISSION_DENIED, --device",
        "2, DEVICE_GONE, dmesg",
        "19, DEVICE_GONE, dmesg",
        "24, TOO_MANY_FILES, ulimit"
    })
    void aRefusedConnectionSaysWhyAndWhatToDo(int errno, ErrorCode code, String hint) {
        libc.fail("open", errno);
        var refusal = catchThrowableOfType(HeapException.class, () -> node().open());
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.errno()).contains(Errno.name(errno));
        assertThat(refusal.hint().orElseThrow()).contains(hint);
    }

    @Test
    void sharedMemoryIsMappedAndNotInherited() throws IOException {
        try (TeeConnection tee = node().open()) {
            TeeMemory memory = tee.allocate(5000);
            assertThat(memory.size()).isEqualTo(8192);
            MemorySegment segment = memory.segment();
            assertThat(segment.byteSize()).isEqualTo(8192);
            segment.fill((byte) 7);
            for (int fd : libc.openFds()) {
                assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + fd)))
                        .as("close-on-exec")
                        .containsPattern("flags:\\s+02\\d{6}\\b|flags:\\s+02\\d{6}\n");
            }

            memory.close();
            memory.close();
            assertThat(segment.scope().isAlive()).isFalse();
            assertThatThrownBy(memory::segment).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void onlyWholePagesOfNativeMemoryAreRegistered() {
        try (TeeConnection tee = node().open();
                var arena = Arena.ofConfined()) {
            MemorySegment pages = arena.allocate(8192, 4096);
            try (TeeMemory memory = tee.register(pages)) {
                assertThat(memory.segment()).isEqualTo(pages);
                assertThat(memory.size()).isEqualTo(8192);
            }
            for (var wrong : new MemorySegment[] {
                pages.asSlice(8, 4096),
                pages.asSlice(0, 100),
                pages.asSlice(0, 0),
                MemorySegment.ofArray(new byte[4096])
            }) {
                assertThatThrownBy(() -> tee.register(wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("whole pages of native memory");
            }
        }
    }

    @Test
    void whatTheDriverCannotDoIsRefusedBeforeItIsAsked() {
        libc.tee.capableOf(Capability.GLOBAL_PLATFORM.bit());
        try (TeeConnection tee = node().open();
                var arena = Arena.ofConfined();
                TeeSession session = tee.openSession(APPLICATION)) {
            assertThatThrownBy(() -> tee.register(arena.allocate(4096, 4096)))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
            assertThatThrownBy(() -> session.invoke(1, new TeeParameter.NullReference(Direction.OUT)))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
            assertThatThrownBy(() -> tee.allocate(0))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE));
        }
        assertThat(libc.calls()).doesNotContain("TEE_IOC_SHM_REGISTER", "TEE_IOC_INVOKE", "TEE_IOC_SHM_ALLOC");
    }

    @Test
    void aRegisteredBufferHasNoMappingAndOneThatTheDriverRefusesIsUnsupported() {
        var buffer = new DmaBufMemory(libc, libc.foreignDmaBuf(4096), 4096, Access.READ_WRITE);
        try (TeeConnection tee = node().open()) {
            try (TeeMemory memory = tee.register(buffer)) {
                assertThatThrownBy(memory::segment)
                        .isInstanceOfSatisfying(
                                HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
            }
            libc.fail("TEE_IOC_SHM_REGISTER_FD", Errno.EINVAL);
            assertThatThrownBy(() -> tee.register(buffer)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(e.hint().orElseThrow()).contains("protected heap of the same TEE");
            });
        } finally {
            buffer.release();
        }
    }

    @Test
    void aSessionIsOpenedByUuidInNetworkOrderAndByLogin() {
        try (TeeConnection tee = node().open();
                TeeSession session = tee.openSession(
                        APPLICATION, TeeLogin.group(0x1234), TeeOperation.of(TeeParameter.valueInOut(1, 2)))) {
            assertThat(session.application()).isEqualTo(APPLICATION);
            assertThat(session.opening().value(0)).isEqualTo(new TeeOutput.Value(2, 3));
            assertThat(session.opening().origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
            byte[] header = libc.tee.lastHeader();
            assertThat(Arrays.copyOf(header, 8)).containsExactly(0x04, 0x5d, 0x29, 0x22, 0x7f, 0x6a, 0x47, 0x19);
            var numbers = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(numbers.getInt(16)).as("group").isEqualTo(0x1234);
            assertThat(numbers.getInt(32)).as("login").isEqualTo(2);
        }
    }

    @Test
    void parametersGoBothWays() {
        try (TeeConnection tee = node().open();
                TeeMemory memory = tee.allocate(4096);
                TeeSession session = tee.openSession(APPLICATION)) {
            var reply = session.invoke(
                    7, TeeParameter.valueIn(10, 20), memory.inOut(96, 4000), TeeParameter.valueOut(), memory.in());

            assertThat(reply.outputs())
                    .containsExactly(
                            TeeOutput.Nothing.NOTHING,
                            new TeeOutput.Size(2000),
                            new TeeOutput.Value(1, 1),
                            TeeOutput.Nothing.NOTHING);
            assertThat(ByteBuffer.wrap(libc.tee.lastHeader())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt(0))
                    .isEqualTo(7);
            assertThat(session.invoke(7, TeeParameter.none(), new TeeParameter.NullReference(Direction.OUT))
                            .size(1))
                    .isZero();
        }
    }

    @Test
    void aResultIsThrownWithItsOriginAndTheOutputs() {
        try (TeeConnection tee = node().open();
                TeeMemory memory = tee.allocate(4096);
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.answers(TeeResult.SHORT_BUFFER.code(), 3);
            var refusal = catchThrowableOfType(HeapException.class, () -> session.invoke(1, memory.out()));

            assertThat(refusal.code()).isEqualTo(ErrorCode.TEE_FAILED);
            assertThat(refusal.errno()).isEmpty();
            var reply = refusal.teeReply().orElseThrow();
            assertThat(reply.result()).isEqualTo(TeeResult.SHORT_BUFFER);
            assertThat(reply.origin()).isEqualTo(TeeOrigin.TEE);
            assertThat(reply.size(0)).isEqualTo(2048);

            libc.tee.answers(TeeResult.ACCESS_DENIED.code(), 4);
            assertThatThrownBy(() -> tee.openSession(APPLICATION))
                    .hasMessageContaining("ACCESS_DENIED (0xffff0001) from TRUSTED_APP");
            libc.tee.answers(0, 4);
        }
    }

    @Test
    void anIoctlThatFailsIsLookedAtBeforeTheResultThatItLeftAtZero() {
        try (TeeConnection tee = node().open();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.fail("TEE_IOC_INVOKE", Errno.EINVAL);
            assertThatThrownBy(() -> session.invoke(1)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.errno()).contains("EINVAL");
                assertThat(e.teeReply()).isEmpty();
                assertThat(e.hint().orElseThrow()).contains("Connect again");
            });
            libc.fail("TEE_IOC_OPEN_SESSION", Errno.EPERM);
            assertThatThrownBy(() -> tee.openSession(APPLICATION, TeeLogin.group(1), TeeOperation.of()))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void aCommandThatWasInterruptedIsNotRepeated() {
        try (TeeConnection tee = node().open();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.fail("TEE_IOC_INVOKE", Errno.EINTR);
            assertThatThrownBy(() -> session.invoke(1))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.errno()).contains("EINTR"));
            assertThat(libc.count("TEE_IOC_INVOKE")).isEqualTo(1);
        }
    }

    @Test
    void memoryOfAnotherConnectionIsRefused() {
        try (TeeConnection tee = node().open();
                TeeConnection other = node().open();
                TeeMemory memory = other.allocate(16);
                TeeSession session = tee.openSession(APPLICATION)) {
            assertThatThrownBy(() -> session.invoke(1, memory.in()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was not shared through this connection");
            assertThat(libc.count("TEE_IOC_INVOKE")).isZero();
        }
    }

    @Test
    void nothingIsUsedAfterItsEnd() {
        TeeConnection tee = node().open();
        TeeMemory memory = tee.allocate(16);
        TeeSession session = tee.openSession(APPLICATION);
        memory.close();
        assertThatThrownBy(() -> session.invoke(1, memory.in())).isInstanceOf(IllegalStateException.class);
        session.close();
        session.close();
        assertThatThrownBy(() -> session.invoke(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this session is closed");
        tee.close();
        tee.close();
        assertThatThrownBy(() -> tee.allocate(16)).isInstanceOf(IllegalStateException.class);
        assertThat(libc.count("TEE_IOC_CLOSE_SESSION")).isEqualTo(1);
    }

    @Test
    void aReferenceToNoBytesIsPassedOnWhereverItPoints() {
        try (TeeConnection tee = node().open();
                TeeMemory memory = tee.allocate(4096);
                TeeSession session = tee.openSession(APPLICATION)) {
            for (long offset : new long[] {0, 100, memory.size()}) {
                var reply = session.invoke(1, memory.inOut(offset, 0));
                assertThat(reply.outputs().getFirst()).isEqualTo(new TeeOutput.Size(0));
            }
        }
    }

    @Test
    void aRefusalThatHasTwoCausesNamesBoth() {
        try (TeeConnection tee = node().open();
                TeeMemory memory = tee.allocate(4096);
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.fail("TEE_IOC_INVOKE", Errno.EINVAL, Errno.EINVAL);
            var withMemory = catchThrowableOfType(HeapException.class, () -> session.invoke(1, memory.in()));
            assertThat(withMemory.hint().orElseThrow()).contains("Connect again", "refused one of the references");
            var without = catchThrowableOfType(HeapException.class, () -> session.invoke(1, TeeParameter.valueOut()));
            assertThat(without.hint().orElseThrow()).contains("Connect again").doesNotContain("references");
            assertThat(session.invoke(1).result()).isEqualTo(TeeResult.SUCCESS);
        }
    }

    @Test
    @Timeout(60)
    void memoryThatIsClosedInTheMiddleOfACallEndsWithTheCall() throws Exception {
        var real = NativeAccess.libc();
        // Blocks a read as long as it is 0.
        int event = real.eventfd(0, 0);
        try (TeeConnection tee = node().open();
                Arena arena = Arena.ofConfined()) {
            var before = libc.held();
            TeeMemory memory = tee.allocate(4096);
            MemorySegment segment = memory.segment();
            var reading = new CompletableFuture<Long>();
            Thread reader = Thread.ofPlatform().start(() -> reading.complete(real.read(event, segment)));
            await().until(() -> isInsideRead(reader) && reader.getState() == Thread.State.RUNNABLE);
            memory.close();
            memory.close();
            assertThatThrownBy(memory::segment).isInstanceOf(IllegalStateException.class);
            real.write(event, arena.allocateFrom(ValueLayout.JAVA_LONG, 7));
            assertThat(reading.get(30, TimeUnit.SECONDS)).isEqualTo(8);
            assertThat(reader.join(Duration.ofSeconds(30))).isTrue();
            await().until(() -> libc.held().equals(before));
            assertThat(segment.scope().isAlive()).isFalse();
        } finally {
            real.close(event);
        }
    }

    private static boolean isInsideRead(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("read")
                        && frame.getClassName().endsWith("FfmLibc"));
    }

    @Test
    void aSegmentThatHasEndedIsNotRegisteredNorPassed() {
        try (TeeConnection tee = node().open();
                TeeSession session = tee.openSession(APPLICATION)) {
            Arena arena = Arena.ofConfined();
            MemorySegment segment = arena.allocate(4096, 4096);
            try (TeeMemory memory = tee.register(segment)) {
                arena.close();
                assertThatThrownBy(() -> session.invoke(1, memory.in()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has ended");
                assertThatThrownBy(() -> tee.register(segment))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has ended");
            }
        }
    }

    @Test
    void aReadOnlySegmentIsInputOnly() {
        try (TeeConnection tee = node().open();
                Arena arena = Arena.ofConfined();
                TeeMemory memory = tee.register(arena.allocate(4096, 4096).asReadOnly());
                TeeSession session = tee.openSession(APPLICATION)) {
            session.invoke(1, memory.in());
            for (TeeParameter parameter : new TeeParameter[] {memory.out(), memory.inOut()}) {
                assertThatThrownBy(() -> session.invoke(1, parameter))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("read-only");
            }
        }
    }
}
