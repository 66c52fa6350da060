package io.dmaheap.emulator.control;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.util.function.Supplier;

/** Where an emulated board can be made to fail, and how it fails there by nature. New points may appear. */
public enum FaultPoint {
    /** Memory of the host is taken for the bytes of a buffer. */
    HOST_MEMORY(ErrorCode.OUT_OF_MEMORY, "ENOMEM", "the host has no memory for it"),
    /** Memory is shared with the secure world's applications: allocated for that, or registered. */
    SHARE(ErrorCode.OUT_OF_MEMORY, "ENOMEM", "there is no memory to share with the secure world"),
    /** Ordinary pages are moved out of a reusable region; a unit is a page. Busy, so that another place may do. */
    MIGRATE(ErrorCode.OUT_OF_MEMORY, "EBUSY", "a page cannot be moved now"),
    /** The firewall is told to protect lent memory. */
    RESTRICT(ErrorCode.SYSTEM_ERROR, "EINVAL", "the firewall refuses to protect the memory"),
    /** The firewall is told to end a protection. */
    UNRESTRICT(ErrorCode.SYSTEM_ERROR, "EINVAL", "the firewall refuses to end the protection"),
    /** The secure side clears memory before it lets go of it. */
    SCRUB(ErrorCode.SYSTEM_ERROR, "EIO", "the secure side cannot clear the memory"),
    /** OP-TEE is asked for the configuration of a use case. */
    CONFIGURE(TeeResult.GENERIC, "OP-TEE does not tell its configuration"),
    /** OP-TEE is lent memory. */
    LEND(TeeResult.OUT_OF_MEMORY, "OP-TEE does not take the memory"),
    /** OP-TEE is to give lent memory back. */
    RECLAIM(TeeResult.BUSY, "OP-TEE does not give the memory back"),
    /** The normal world takes lent pages back, after whoever protected them let go of them. */
    TAKE_BACK(ErrorCode.SYSTEM_ERROR, "EBUSY", "the normal world cannot take the pages back");

    private final Supplier<HeapException> natural;

    FaultPoint(ErrorCode code, String errno, String what) {
        natural = () -> HeapException.of(code, what)
                .operation(name())
                .errno(errno)
                .hint("A test made the emulated board fail here")
                .build();
    }

    FaultPoint(TeeResult result, String what) {
        natural = () -> refusal(result, what);
    }

    /** How a real board fails there. */
    HeapException natural() {
        return natural.get();
    }

    private HeapException refusal(TeeResult result, String what) {
        try {
            TeeReply.of(result, TeeOrigin.TEE).orThrow(what, name());
            throw new AssertionError(result + " is no refusal");
        } catch (HeapException refusal) {
            return refusal;
        }
    }
}
