package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;

import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of a protected heap with a trusted application beside it, after OP-TEE's {@code xtest --sdp-basic}: protected contents
 * come in from normal memory, are worked on and go out again inside the secure world alone, and the CPU never sees the buffer itself.
 *
 * <p>The application is the one of {@code vm/board/ta}, or one with the same commands. The heap needs room for two buffers of
 * {@value #SIZE} bytes. Random offsets and contents log their seed.
 */
public abstract class SecureDataPathContractTest extends HeapUnderTest {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.testkit");

    /** What xtest uses: no multiple of anything. */
    private static final int SIZE = 17_000;

    private static final int MOST_OFFSET = 255;

    /** The commands of the application. */
    private static final int FILL = 0;

    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int INJECT = 4;
    private static final int TRANSFORM = 5;
    private static final int SHA256 = 6;
    private static final int PASS = 8;

    private static final UUID APPLICATION = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    /** For subclasses, which need to say only which heap they are about. */
    protected SecureDataPathContractTest() {}

    /** The TEE that protects the heap. */
    protected String teeName() {
        return "tee0";
    }

    /** The application to work with. */
    protected UUID application() {
        return APPLICATION;
    }

    /** What a test does with the application. */
    @FunctionalInterface
    private interface Work {
        void with(Tee tee, TeeSession session);
    }

    private void inTheSecureWorld(Work work) {
        try (Tee tee = heaps().openTee(teeName());
                TeeSession session = tee.openSession(application())) {
            work.with(tee, session);
        }
    }

    private static Random random() {
        long seed = System.nanoTime();
        LOGGER.log(System.Logger.Level.INFO, "secure data path: seed " + seed);
        return new Random(seed);
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void inject(TeeSession session, TeeMemory buffer, long offset, TeeMemory normal, byte[] contents) {
        MemorySegment.copy(contents, 0, normal.segment(), ValueLayout.JAVA_BYTE, 0, contents.length);
        session.invoke(INJECT, buffer.out(offset, contents.length), normal.in(0, contents.length));
    }

    /** What an application may do and a wise one would not: it copies protected contents out. */
    private static byte[] dump(TeeSession session, TeeMemory buffer, long offset, TeeMemory normal, int size) {
        normal.segment().fill((byte) 0);
        var reply = session.invoke(COPY, buffer.in(offset, size), normal.out(0, size));
        assertThat(reply.size(1)).isEqualTo(size);
        return normal.segment().asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] complementPlusOne(byte[] bytes) {
        byte[] changed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            changed[i] = (byte) (~bytes[i] + 1);
        }
        return changed;
    }

    @RepeatedTest(10)
    void whatIsInjectedIsTransformedAndDumpedAtAnyOffset() {
        var random = random();
        int offset = random.nextInt(MOST_OFFSET + 1);
        byte[] contents = bytes(random, SIZE - offset);
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory registered = tee.register(buffer);
                    TeeMemory normal = tee.allocate(SIZE)) {
                inject(session, registered, offset, normal, contents);
                assertThat(dump(session, registered, offset, normal, contents.length))
                        .isEqualTo(contents);

                session.invoke(TRANSFORM, registered.inOut(offset, contents.length));
                assertThat(dump(session, registered, offset, normal, contents.length))
                        .isEqualTo(complementPlusOne(contents));
            }
        });
    }

    @Test
    void theDigestThatIsTakenInsideIsTheOneOfTheContents() throws NoSuchAlgorithmException {
        byte[] contents = bytes(random(), SIZE);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(contents);
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory registered = tee.register(buffer);
                    TeeMemory normal = tee.allocate(SIZE)) {
                inject(session, registered, 0, normal, contents);

                session.invoke(SHA256, registered.in(0, SIZE), normal.out(0, expected.length));

                assertThat(normal.segment().asSlice(0, expected.length).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(expected);
            }
        });
    }

    @Test
    void anApplicationPassesTheBufferOnToAnother() {
        byte[] contents = bytes(random(), SIZE);
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory registered = tee.register(buffer);
                    TeeMemory normal = tee.allocate(SIZE)) {
                inject(session, registered, 0, normal, contents);

                session.invoke(PASS, registered.inOut(0, SIZE));

                assertThat(dump(session, registered, 0, normal, SIZE)).isEqualTo(complementPlusOne(contents));
            }
        });
    }

    @Test
    void contentsGoFromOneBufferToAnotherInsideTheSecureWorld() {
        byte[] contents = bytes(random(), SIZE);
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf from = heap().allocate(SIZE);
                    DmaBuf to = heap().allocate(SIZE);
                    TeeMemory source = tee.register(from);
                    TeeMemory target = tee.register(to);
                    TeeMemory normal = tee.allocate(SIZE)) {
                inject(session, source, 0, normal, contents);

                session.invoke(COPY, source.in(0, SIZE), target.out(0, SIZE));

                assertThat(dump(session, target, 0, normal, SIZE)).isEqualTo(contents);
            }
        });
    }

    @Test
    void theApplicationKnowsProtectedMemoryFromNormal() {
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory registered = tee.register(buffer);
                    TeeMemory normal = tee.allocate(SIZE)) {
                var ofBuffer = session.invoke(WHERE, registered.in(), TeeParameter.valueOut())
                        .value(1);
                var ofNormal = session.invoke(WHERE, normal.in(), TeeParameter.valueOut())
                        .value(1);

                assertThat(ofBuffer.a()).as("secure").isOne();
                assertThat(ofBuffer.b()).as("normal").isZero();
                assertThat(ofNormal.a()).as("secure").isZero();
                assertThat(ofNormal.b()).as("normal").isOne();
            }
        });
    }

    @Test
    void normalMemoryIsNoTargetForProtectedContents() {
        inTheSecureWorld((tee, session) -> {
            try (TeeMemory from = tee.allocate(SIZE);
                    TeeMemory to = tee.allocate(SIZE)) {
                var refusal = refusal(() -> session.invoke(INJECT, to.out(), from.in()));

                assertThat(refusal.teeReply()).hasValueSatisfying(reply -> {
                    assertThat(reply.result()).isEqualTo(TeeResult.ACCESS_DENIED);
                    assertThat(reply.origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
                });
            }
        });
    }

    /** Those of xtest, which the TEE must never see. */
    @ParameterizedTest
    @ValueSource(longs = {2, 5000, -1, 4096, Long.MAX_VALUE - 2})
    void aReferenceBeyondTheBufferIsRefusedBeforeTheSecureWorldSeesIt(long beyond) {
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory registered = tee.register(buffer)) {
                long size = registered.size();
                long offset = beyond < 0 ? 0 : size - 1;
                long length = beyond < 0 ? size - beyond : beyond;

                assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.in(offset, length));
                assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.out(length, offset + 2));
                assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.inOut(-1, 1));
            }
        });
    }

    @Test
    void aRegisteredBufferOutlivesItsHandles() {
        byte[] contents = bytes(random(), SIZE);
        inTheSecureWorld((tee, session) -> {
            TeeMemory registered;
            try (DmaBuf buffer = heap().allocate(SIZE)) {
                registered = tee.register(buffer);
            }
            try (registered;
                    TeeMemory normal = tee.allocate(SIZE)) {
                assertThat(heaps().usage().buffers()).isOne();
                inject(session, registered, 0, normal, contents);
                assertThat(dump(session, registered, 0, normal, SIZE)).isEqualTo(contents);
            }
            assertThat(heaps().usage().buffers()).isZero();
        });
    }

    @Test
    void aBufferIsRegisteredMoreThanOnce() {
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE);
                    TeeMemory one = tee.register(buffer);
                    Tee other = heaps().openTee(teeName());
                    TeeSession elsewhere = other.openSession(application());
                    TeeMemory two = other.register(buffer)) {
                session.invoke(FILL, one.out(), TeeParameter.valueIn(7, 0));

                assertThat(sum(elsewhere, two)).isEqualTo(sum(session, one)).isPositive();
            }
        });
    }

    private static long sum(TeeSession session, TeeMemory memory) {
        return session.invoke(SUM, memory.in(), TeeParameter.valueOut())
                .value(1)
                .a();
    }

    @Test
    void theCpuIsRefusedBeforeAndWhileTheSecureWorldWorks() {
        assertThat(heap().traits().cpuAccessible()).isEqualTo(Answer.NO);
        inTheSecureWorld((tee, session) -> {
            try (DmaBuf buffer = heap().allocate(SIZE)) {
                assertRefusesCpu(buffer);
                try (TeeMemory registered = tee.register(buffer)) {
                    session.invoke(FILL, registered.out(), TeeParameter.valueIn(1, 0));
                    assertRefusesCpu(buffer);
                    refusal(registered::segment);
                }
            }
        });
    }

    /** Nobody clears such memory for the next owner, unless the traits promise it. */
    @Test
    void thePromiseOfZeroesIsKept() {
        inTheSecureWorld((tee, session) -> {
            for (int round = 0; round < 2; round++) {
                try (DmaBuf buffer = heap().allocate(SIZE);
                        TeeMemory registered = tee.register(buffer)) {
                    if (heap().traits().zeroed() == Answer.YES) {
                        assertThat(sum(session, registered))
                                .as("round " + round)
                                .isZero();
                    }
                    session.invoke(FILL, registered.out(), TeeParameter.valueIn(1, 0));
                }
            }
        });
    }

    @Test
    void anExhaustedHeapRecovers() {
        List<DmaBuf> all = new ArrayList<>();
        try {
            refusal((ThrowingCallable) () -> {
                while (true) {
                    all.add(heap().allocate(1 << 20));
                }
            });
            assertThat(all).isNotEmpty();
        } finally {
            all.forEach(DmaBuf::close);
        }
        inTheSecureWorld((tee, session) -> {
            for (int i = 0; i < all.size(); i++) {
                try (DmaBuf buffer = heap().allocate(1 << 20);
                        TeeMemory registered = tee.register(buffer)) {
                    session.invoke(FILL, registered.out(), TeeParameter.valueIn(i, 0));
                }
            }
        });
    }
}
