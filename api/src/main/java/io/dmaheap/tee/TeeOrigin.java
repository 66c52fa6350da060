package io.dmaheap.tee;

import io.dmaheap.PublicApi;

/** Who gave a result: the return origins of the GlobalPlatform TEE Client API. */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public enum TeeOrigin {
    /** A number that GlobalPlatform does not know. */
    UNKNOWN(0),
    /** The client side: nothing was sent. */
    API(1),
    /** The way between the two worlds, such as the kernel's driver. */
    COMMS(2),
    /** The TEE itself. */
    TEE(3),
    /** The trusted application. */
    TRUSTED_APP(4);

    private final int number;

    TeeOrigin(int number) {
        this.number = number;
    }

    /** The origin of that number; {@link #UNKNOWN} for any other number. */
    public static TeeOrigin of(int number) {
        for (TeeOrigin one : values()) {
            if (one.number == number) {
                return one;
            }
        }
        return UNKNOWN;
    }
}
