package io.dmaheap.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.util.List;
import java.util.Objects;

/**
 * What came back from a call.
 *
 * @param result how it went
 * @param origin who says so
 * @param outputs one per parameter of the operation, in their order; none if the call never reached the application
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record TeeReply(TeeResult result, TeeOrigin origin, List<TeeOutput> outputs) {

    /** Copies the list. */
    public TeeReply {
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(origin, "origin");
        outputs = List.copyOf(outputs);
    }

    /** A reply without outputs. */
    public static TeeReply of(TeeResult result, TeeOrigin origin) {
        return new TeeReply(result, origin, List.of());
    }

    /**
     * The numbers that parameter {@code index} brought back.
     *
     * @throws IllegalArgumentException if that parameter was no value for output
     */
    public TeeOutput.Value value(int index) {
        if (outputs.get(index) instanceof TeeOutput.Value value) {
            return value;
        }
        throw new IllegalArgumentException("parameter " + index + " was no value for output");
    }

    /**
     * The bytes that parameter {@code index} has, or would need.
     *
     * @throws IllegalArgumentException if that parameter was no memory reference for output
     */
    public long size(int index) {
        if (outputs.get(index) instanceof TeeOutput.Size size) {
            return size.bytes();
        }
        throw new IllegalArgumentException("parameter " + index + " was no memory reference for output");
    }

    /**
     * This reply, if it tells of success.
     *
     * @param what could not be done, in one sentence without a full stop
     * @param operation the call that answered
     * @throws HeapException with this reply, if it does not: {@link ErrorCode#OUT_OF_MEMORY}, {@link ErrorCode#DEVICE_GONE} if TEE or
     *     application are dead, else {@link ErrorCode#TEE_FAILED}
     */
    public TeeReply orThrow(String what, String operation) {
        if (result.equals(TeeResult.SUCCESS)) {
            return this;
        }
        throw HeapException.of(code(), what + ": " + result + " from " + origin)
                .operation(operation)
                .teeReply(this)
                .hint(hint())
                .build();
    }

    private ErrorCode code() {
        if (result.equals(TeeResult.OUT_OF_MEMORY)) {
            return ErrorCode.OUT_OF_MEMORY;
        }
        boolean dead = result.equals(TeeResult.TARGET_DEAD) || result.equals(TeeResult.COMMUNICATION);
        return dead ? ErrorCode.DEVICE_GONE : ErrorCode.TEE_FAILED;
    }

    private String hint() {
        return switch (origin) {
            case TRUSTED_APP -> "The trusted application's own documentation says what it means";
            case TEE -> result.hint();
            case API, COMMS, UNKNOWN -> "See `dmesg` for what the driver of the TEE says";
        };
    }
}
