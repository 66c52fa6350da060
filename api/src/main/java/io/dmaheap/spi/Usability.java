package io.dmaheap.spi;

import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.PublicApi;
import java.util.Objects;

/**
 * Whether a device can use memory.
 *
 * @param answer {@link Answer#UNKNOWN} where it depends on what only an allocation shows
 * @param code for {@link Answer#NO}, what an attempt to attach fails with: {@link ErrorCode#INCOMPATIBLE_DEVICE} or
 *     {@link ErrorCode#ACCESS_DENIED}
 * @param reason why it cannot, or why that is not known, in words that follow the name of the device and a colon; empty for
 *     {@link Answer#YES}
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public record Usability(Answer answer, ErrorCode code, String reason) {
    /** The device can use the memory. */
    public static final Usability YES = new Usability(Answer.YES, ErrorCode.INCOMPATIBLE_DEVICE, "");

    /** Checks that all parts are there. */
    public Usability {
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(reason, "reason");
    }

    /** The device can never use the memory. */
    public static Usability no(String reason) {
        return new Usability(Answer.NO, ErrorCode.INCOMPATIBLE_DEVICE, reason);
    }

    /** The memory is protected from the device. */
    public static Usability denied(String reason) {
        return new Usability(Answer.NO, ErrorCode.ACCESS_DENIED, reason);
    }

    /** Only an allocation shows whether the device can use the memory. */
    public static Usability unknown(String reason) {
        return new Usability(Answer.UNKNOWN, ErrorCode.INCOMPATIBLE_DEVICE, reason);
    }

    /** What holds if the device has to pass another check as well: all refusals, with the code of the first, or else the first doubt. */
    public Usability and(Usability other) {
        if (answer == Answer.NO && other.answer == Answer.NO) {
            return new Usability(Answer.NO, code, reason + "; " + other.reason);
        }
        if (answer == Answer.NO || other.answer == Answer.YES) {
            return this;
        }
        return answer == Answer.YES || other.answer == Answer.NO ? other : this;
    }
}
