package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;

import io.dmaheap.DmaBuf;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.TrustedInsider.Registered;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of a protected heap with a trusted application beside it, after OP-TEE's {@code xtest --sdp-basic}: protected contents
 * come in from normal memory, are worked on and go out again inside the secure world alone, and the CPU never sees the buffer itself.
 * {@link DeviceDataPathContractTest} is the same for memory that only a device may touch.
 *
 * <p>The application is the one of {@code vm/board/ta}, or one with the same commands. The heap needs room for six buffers of
 * {@value NextOwnerContract#PIECE} bytes.
 */
public abstract class SecureDataPathContractTest extends HeapUnderTest implements InsiderContract, NextOwnerContract {

    /** For subclasses, which need to say only which heap they are about. */
    protected SecureDataPathContractTest() {}

    /** The TEE that protects the heap. */
    protected String teeName() {
        return "tee0";
    }

    /** The application to work with. */
    protected UUID application() {
        return TrustedInsider.APPLICATION;
    }

    @Override
    public final TrustedInsider insider() {
        return TrustedInsider.open(heaps().openTee(teeName()), application());
    }

    @Test
    void theApplicationKnowsProtectedMemoryFromNormal() {
        try (TrustedInsider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Registered piece = insider.take(buffer);
                TeeMemory normal = insider.tee().allocate(SIZE)) {
            assertThat(insider.where(piece.memory())).as("secure, normal").containsExactly(true, false);
            assertThat(insider.where(normal)).as("secure, normal").containsExactly(false, true);
        }
    }

    @Test
    void normalMemoryIsNoTargetForProtectedContents() {
        try (TrustedInsider insider = insider();
                TeeMemory from = insider.tee().allocate(SIZE);
                TeeMemory to = insider.tee().allocate(SIZE)) {
            var refusal = refusal(() -> insider.inject(to.out(), from.in()));

            assertThat(refusal.teeReply()).hasValueSatisfying(reply -> {
                assertThat(reply.result()).isEqualTo(TeeResult.ACCESS_DENIED);
                assertThat(reply.origin()).isEqualTo(TeeOrigin.TRUSTED_APP);
            });
        }
    }

    /** Those of xtest, which the TEE must never see. */
    @ParameterizedTest
    @ValueSource(longs = {2, 5000, -1, 4096, Long.MAX_VALUE - 2})
    void aReferenceBeyondTheBufferCannotBeMade(long beyond) {
        try (TrustedInsider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Registered piece = insider.take(buffer)) {
            TeeMemory registered = piece.memory();
            long size = registered.size();
            long offset = beyond < 0 ? 0 : size - 1;
            long length = beyond < 0 ? size - beyond : beyond;

            assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.in(offset, length));
            assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.out(length, offset + 2));
            assertThatIndexOutOfBoundsException().isThrownBy(() -> registered.inOut(-1, 1));
        }
    }

    @Test
    void aRegistrationIsNoWayInForTheCpu() {
        try (TrustedInsider insider = insider();
                DmaBuf buffer = heap().allocate(SIZE);
                Registered piece = insider.take(buffer)) {
            refusal(piece.memory()::segment);
        }
    }
}
