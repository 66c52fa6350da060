package io.dmaheap.linux.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeParameter.NullReference;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes that a trusted application reports: a caller reads as much memory as it is told that there is. */
class OutputSizeTests {
    private static final UUID APPLICATION = new UUID(1, 2);
    private static final int SIZE = 4096;

    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    private TeeConnection connect() {
        return TeeNode.below(root, libc).getFirst().open();
    }

    @BeforeEach
    void makeNode() throws IOException {
        Files.createFile(Files.createDirectories(root.resolve("dev")).resolve("tee0"));
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(libc.held()).isEmpty();
        assertThat(libc.tee.sessions).isEmpty();
        assertThat(libc.tee.sharedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -5, Long.MIN_VALUE, SIZE + 1, 1L << 32, Long.MAX_VALUE})
    void aSizeThatIsNoneOfTheReferenceIsRefusedAndTheSessionGoesOn(long claim) {
        try (TeeConnection tee = connect();
                TeeMemory memory = tee.allocate(SIZE);
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.claims(claim);
            for (TeeParameter parameter : new TeeParameter[] {memory.out(), memory.inOut()}) {
                var refusal = catchThrowableOfType(HeapException.class, () -> session.invoke(1, parameter));

                assertThat(refusal).as(parameter.toString()).isNotNull();
                assertThat(refusal.code()).isEqualTo(ErrorCode.TEE_FAILED);
                assertThat(refusal.errno()).contains("EPROTO");
                assertThat(refusal)
                        .hasMessageContaining(Long.toUnsignedString(claim))
                        .hasMessageContaining("4096");
            }
            libc.tee.claims(SIZE);
            assertThat(session.invoke(1, memory.out()).size(0)).isEqualTo(SIZE);
        }
    }

    @Test
    void aReferenceToNothingGetsNothing() {
        try (TeeConnection tee = connect();
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.claims(1);
            assertThat(catchThrowableOfType(
                            HeapException.class, () -> session.invoke(1, new NullReference(Direction.OUT))))
                    .isNotNull();
        }
    }

    @Test
    void aBufferThatIsTooShortMayBeToldTheSizeThatItNeeds() {
        try (TeeConnection tee = connect();
                TeeMemory memory = tee.allocate(SIZE);
                TeeSession session = tee.openSession(APPLICATION)) {
            libc.tee.claims(0xffff_ffffL).answers(TeeResult.SHORT_BUFFER.code(), 4);
            var tooShort = catchThrowableOfType(HeapException.class, () -> session.invoke(1, memory.out()));
            assertThat(tooShort.teeReply().orElseThrow().size(0)).isEqualTo(0xffff_ffffL);

            libc.tee.claims(-1);
            var refusal = catchThrowableOfType(HeapException.class, () -> session.invoke(1, memory.out()));
            assertThat(refusal.errno()).contains("EPROTO");
        }
    }

    @Test
    void anOpeningThatIsRefusedLeavesNoSession() {
        try (TeeConnection tee = connect();
                TeeMemory memory = tee.allocate(SIZE)) {
            libc.tee.claims(-1);
            var refusal = catchThrowableOfType(
                    HeapException.class,
                    () -> tee.openSession(APPLICATION, TeeLogin.PUBLIC, TeeOperation.of(memory.out())));
            assertThat(refusal.errno()).contains("EPROTO");
            assertThat(libc.tee.sessions).isEmpty();
        }
    }
}
