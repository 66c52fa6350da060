package io.dmaheap.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.tee.TeeCancellation;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of the API that cross between callers, framework and platforms. */
class TeeValuesTests {
    private final TeeMemory memory = new HundredBytes();

    private record HundredBytes() implements TeeMemory {
        @Override
        public long size() {
            return 100;
        }

        @Override
        public MemorySegment segment() {
            return MemorySegment.NULL;
        }

        @Override
        public void close() {}
    }

    @Test
    void aReferenceIsToAllOfTheMemoryOrToAPartOfIt() {
        assertThat(memory.in()).isEqualTo(new TeeParameter.MemoryReference(Direction.IN, memory, 0, 100));
        assertThat(memory.inOut(100, 0).size()).isZero();
        assertThat(memory.out(1, 99).direction()).isEqualTo(Direction.OUT);
    }

    @ParameterizedTest
    @CsvSource({"0, 101", "1, 100", "101, 0", "-1, 1", "0, -1", "9223372036854775807, 1", "1, 9223372036854775807"})
    void aReferenceOutOfBoundsCannotBeMade(long offset, long size) {
        assertThatThrownBy(() -> memory.in(offset, size))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("a reference to " + size + " bytes at " + offset
                        + " leaves the shared memory, which has 100 bytes");
    }

    @Test
    void anOperationHasAtMostFourParametersAndAPositiveLimit() {
        var none = TeeParameter.none();
        assertThat(TeeOperation.of(none, none, none, none).parameters()).hasSize(4);
        assertThatThrownBy(() -> TeeOperation.of(none, none, none, none, none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 parameters, at most 4 fit");
        assertThatThrownBy(() -> TeeOperation.of().within(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);

        var request = new TeeCancellation();
        assertThat(TeeOperation.of(none).within(Duration.ofSeconds(1)).cancelledBy(request))
                .isEqualTo(new TeeOperation(List.of(none), Optional.of(Duration.ofSeconds(1)), Optional.of(request)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, SUCCESS (0x00000000)",
        "-65536, GENERIC (0xffff0000)",
        "-65535, ACCESS_DENIED (0xffff0001)",
        "-65524, OUT_OF_MEMORY (0xffff000c)",
        "-65520, SHORT_BUFFER (0xffff0010)",
        "-65519, 0xffff0011",
        "-53212, TARGET_DEAD (0xffff3024)",
        "7, 0x00000007"
    })
    void aResultHasItsGlobalPlatformName(int code, String text) {
        assertThat(new TeeResult(code)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"-65524, OUT_OF_MEMORY", "-65522, DEVICE_GONE", "-53212, DEVICE_GONE", "-65530, TEE_FAILED"})
    void theCodeOfTheExceptionFollowsTheResult(int result, ErrorCode code) {
        TeeReply reply = TeeReply.of(new TeeResult(result), TeeOrigin.TEE);
        var thrown = catchThrowableOfType(HeapException.class, () -> reply.orThrow("it failed", "TEE_IOC_INVOKE"));
        assertThat(thrown.code()).isEqualTo(code);
        assertThat(thrown.teeReply()).contains(reply);
        assertThat(thrown.operation()).contains("TEE_IOC_INVOKE");
        assertThat(thrown.hint()).isPresent();
    }

    @Test
    void aReplyTellsNoValueWhereThereIsNone() {
        TeeReply reply = new TeeReply(
                TeeResult.SUCCESS,
                TeeOrigin.TRUSTED_APP,
                List.of(TeeOutput.Nothing.NOTHING, new TeeOutput.Value(3, 4), new TeeOutput.Size(5)));
        assertThat(reply.orThrow("never", "never")).isSameAs(reply);
        assertThat(reply.value(1).b()).isEqualTo(4);
        assertThat(reply.size(2)).isEqualTo(5);
        assertThatThrownBy(() -> reply.value(0)).hasMessage("parameter 0 was no value for output");
        assertThatThrownBy(() -> reply.size(1)).hasMessage("parameter 1 was no memory reference for output");
    }

    @Test
    void numbersThatNobodyKnowsAreUnknown() {
        assertThat(TeeOrigin.of(4)).isEqualTo(TeeOrigin.TRUSTED_APP);
        assertThat(TeeOrigin.of(5)).isEqualTo(TeeOrigin.UNKNOWN);
        assertThat(TeeInfo.Implementation.of(4)).isEqualTo(TeeInfo.Implementation.QTEE);
        assertThat(TeeInfo.Implementation.of(99)).isEqualTo(TeeInfo.Implementation.UNKNOWN);
        assertThat(TeeLogin.groupApplication(7).method().number()).isEqualTo(6);
    }

    @Test
    void aCancellationTellsWhoListensOnceAndWhoComesLateAtOnce() {
        var request = new TeeCancellation();
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        var early = request.listen(() -> told.add("early"));
        var gone = request.listen(() -> told.add("gone"));
        gone.close();
        gone.close();

        request.cancel();
        request.cancel();
        var late = request.listen(() -> told.add("late"));

        assertThat(told).containsExactly("early", "late");
        assertThat(request.isRequested()).isTrue();
        early.close();
        late.close();
    }
}
