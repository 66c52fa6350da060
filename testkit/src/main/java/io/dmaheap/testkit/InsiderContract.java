package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;

import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import io.dmaheap.testkit.Insider.Workpiece;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Protected contents come in from normal memory, are worked on and go out again by those alone who are let in, and the CPU never sees the
 * buffer itself. Random offsets and contents log their seed.
 */
interface InsiderContract extends Subject {
    /** What xtest uses: no multiple of anything. */
    int SIZE = 17_000;

    /** Somebody who is let in; closed by the test. */
    Insider insider();

    /** Random bytes; the seed is logged. */
    static byte[] contents(int size) {
        byte[] bytes = new byte[size];
        random().nextBytes(bytes);
        return bytes;
    }

    private static Random random() {
        long seed = System.nanoTime();
        System.getLogger("io.dmaheap.testkit").log(System.Logger.Level.INFO, "secure data path: seed " + seed);
        return new Random(seed);
    }

    private static byte[] complementPlusOne(byte[] bytes) {
        byte[] changed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            changed[i] = (byte) (~bytes[i] + 1);
        }
        return changed;
    }

    @RepeatedTest(10)
    default void whatIsInjectedIsTransformedAndDumpedAtAnyOffset() {
        int offset = random().nextInt(256);
        byte[] contents = contents(SIZE - offset);
        try (Insider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Workpiece piece = insider.take(buffer)) {
            piece.inject(offset, contents);
            assertThat(piece.dump(offset, contents.length)).isEqualTo(contents);

            piece.transform(offset, contents.length);
            assertThat(piece.dump(offset, contents.length)).isEqualTo(complementPlusOne(contents));
        }
    }

    @Test
    default void theDigestThatIsTakenInsideIsTheOneOfTheContents() throws NoSuchAlgorithmException {
        byte[] contents = contents(SIZE);
        try (Insider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Workpiece piece = insider.take(buffer)) {
            piece.inject(0, contents);

            assertThat(piece.sha256(0, SIZE))
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(contents));
        }
    }

    @Test
    default void oneInsidePassesTheBufferOnToAnother() {
        byte[] contents = contents(SIZE);
        try (Insider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Workpiece piece = insider.take(buffer)) {
            piece.inject(0, contents);

            piece.pass(0, SIZE);

            assertThat(piece.dump(0, SIZE)).isEqualTo(complementPlusOne(contents));
        }
    }

    @Test
    default void contentsGoFromOneBufferToAnotherInside() {
        byte[] contents = contents(SIZE);
        try (Insider insider = insider();
                DmaBuf from = heap().allocate(SIZE);
                DmaBuf to = heap().allocate(SIZE);
                Workpiece source = insider.take(from);
                Workpiece target = insider.take(to)) {
            source.inject(0, contents);

            source.copyTo(target, SIZE);

            assertThat(target.dump(0, SIZE)).isEqualTo(contents);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 2", "-1, 5000", "0, 1", "4096, 4096", "9223372036854750000, 1"})
    default void aRangeThatLeavesTheBufferIsRefusedBeforeAnybodyInsideSeesIt(long beyond, int size) {
        byte[] contents = contents(SIZE);
        try (Insider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Workpiece piece = insider.take(buffer)) {
            piece.inject(0, contents);
            long offset = piece.size() + beyond;

            assertThatIndexOutOfBoundsException().isThrownBy(() -> piece.dump(offset, size));
            assertThatIndexOutOfBoundsException().isThrownBy(() -> piece.transform(offset, size));
            assertThatIndexOutOfBoundsException().isThrownBy(() -> piece.inject(offset, new byte[size]));
            assertThatIndexOutOfBoundsException().isThrownBy(() -> piece.sum(-1, 1));
            assertThat(piece.dump(0, SIZE)).isEqualTo(contents);
        }
    }

    @Test
    default void aBufferThatIsWorkedOnOutlivesItsHandles() {
        byte[] contents = contents(SIZE);
        try (Insider insider = insider()) {
            Workpiece taken;
            try (DmaBuf buffer = heap().allocate(SIZE)) {
                taken = insider.take(buffer);
            }
            try (Workpiece piece = taken) {
                assertThat(heaps().usage().bytes()).isGreaterThanOrEqualTo(SIZE);
                piece.inject(0, contents);
                assertThat(piece.dump(0, SIZE)).isEqualTo(contents);
            }
            assertThat(heaps().usage().buffers()).isZero();
        }
    }

    @Test
    default void twoInsideWorkOnOneBuffer() {
        try (Insider one = insider();
                Insider other = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Workpiece ofOne = one.take(buffer);
                Workpiece ofOther = other.take(buffer)) {
            ofOne.fill(0, SIZE, 7);

            assertThat(ofOther.sum(0, SIZE)).isEqualTo(ofOne.sum(0, SIZE)).isPositive();
        }
    }

    @Test
    default void theCpuIsRefusedBeforeAndWhileItIsWorkedOn() {
        assertThat(heap().traits().cpuAccessible()).isEqualTo(Answer.NO);
        try (Insider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE)) {
            assertRefusesCpu(buffer);
            try (Workpiece piece = insider.take(buffer)) {
                piece.fill(0, SIZE, 1);
                assertRefusesCpu(buffer);
            }
        }
    }

    /** Nobody clears such memory for the next owner, unless the traits promise it. */
    @Test
    default void thePromiseOfZeroesIsKept() {
        try (Insider insider = insider()) {
            for (int round = 0; round < 2; round++) {
                try (DmaBuf buffer = heap().allocate(SIZE);
                        Workpiece piece = insider.take(buffer)) {
                    if (heap().traits().zeroed() == Answer.YES) {
                        assertThat(piece.sum(0, SIZE)).as("round " + round).isZero();
                    }
                    piece.fill(0, SIZE, 1);
                }
            }
        }
    }

    @Test
    default void anExhaustedHeapRecovers() {
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
        try (Insider insider = insider()) {
            for (int i = 0; i < all.size(); i++) {
                try (DmaBuf buffer = heap().allocate(1 << 20);
                        Workpiece piece = insider.take(buffer)) {
                    piece.fill(0, 1 << 20, i);
                }
            }
        }
    }
}
