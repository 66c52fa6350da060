package io.dmaheap.tee;

import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.PublicApi;
import java.util.Objects;
import java.util.Set;

/**
 * A trusted execution environment of this machine.
 *
 * @param name such as {@code tee0}
 * @param implementation whose it is
 * @param implementationCapabilities what the implementation says of itself: bit 0 of OP-TEE's means TrustZone, TSTEE puts its FF-A
 *     endpoint there; 0 where it cannot be opened
 * @param capabilities what its driver can do; none where it cannot be opened
 * @param openable whether this user may open it, with the reason where not
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record TeeInfo(
        String name,
        Implementation implementation,
        int implementationCapabilities,
        Set<Capability> capabilities,
        Openable openable) {

    /** Checks that all parts are there and copies the set. */
    public TeeInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(openable, "openable");
        capabilities = Set.copyOf(capabilities);
    }

    /** Whose TEE it is ({@code TEE_IMPL_ID_*}, include/uapi/linux/tee.h). New ones may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Implementation {
        /** None that this version knows, or one that could not be asked. */
        UNKNOWN(0),
        /** OP-TEE. */
        OPTEE(1),
        /** AMD's secure processor. */
        AMDTEE(2),
        /** Arm's Trusted Services. */
        TSTEE(3),
        /** Qualcomm's TEE. */
        QTEE(4);

        private final int id;

        Implementation(int id) {
            this.id = id;
        }

        /** The implementation of that number; {@link #UNKNOWN} for any other number. */
        public static Implementation of(int id) {
            for (Implementation one : values()) {
                if (one.id == id) {
                    return one;
                }
            }
            return UNKNOWN;
        }
    }

    /** What a driver can do ({@code TEE_GEN_CAP_*}, include/uapi/linux/tee.h). New ones may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Capability {
        /** Speaks as GlobalPlatform says. */
        GLOBAL_PLATFORM(1),
        /** This is the door of the supplicant, not of clients. */
        PRIVILEGED(1 << 1),
        /** Memory of the caller can be registered ({@link TeeContext#register}). */
        REGISTERED_MEMORY(1 << 2),
        /** A memory reference may be null ({@link TeeParameter.NullReference}). */
        NULL_REFERENCE(1 << 3),
        /** Refers to objects instead of sessions, as QTEE does. */
        OBJECT_REFERENCE(1 << 4);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }

        /** Its bit in {@code gen_caps}. */
        public int bit() {
            return bit;
        }
    }
}
