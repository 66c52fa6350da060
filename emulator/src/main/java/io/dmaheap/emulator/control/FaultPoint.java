package io.dmaheap.emulator.control;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/** Where an emulated board can be made to fail, and how it fails there by nature. New points may appear. */
public enum FaultPoint {
    /** Memory of the host is taken for the bytes of a buffer. */
    HOST_MEMORY(ErrorCode.OUT_OF_MEMORY, "ENOMEM", "the host has no memory for it"),
    /** Ordinary pages are moved out of a reusable region; a unit is a page. Busy, so that another place may do. */
    MIGRATE(ErrorCode.OUT_OF_MEMORY, "EBUSY", "a page cannot be moved now"),
    /** The firewall is told to protect lent memory. */
    RESTRICT(ErrorCode.SYSTEM_ERROR, "EINVAL", "the firewall refuses to protect the memory"),
    /** The firewall is told to end a protection. */
    UNRESTRICT(ErrorCode.SYSTEM_ERROR, "EINVAL", "the firewall refuses to end the protection"),
    /** The secure side clears memory before it lets go of it. */
    SCRUB(ErrorCode.SYSTEM_ERROR, "EIO", "the secure side cannot clear the memory"),
    /** OP-TEE is asked for the configuration of a use case. */
    CONFIGURE(ErrorCode.SYSTEM_ERROR, "EINVAL", "TEE result 0xffff0000 (generic), origin 3 (trusted OS)"),
    /** OP-TEE is lent memory. */
    LEND(ErrorCode.SYSTEM_ERROR, "EINVAL", "TEE result 0xffff000c (out of memory), origin 3 (trusted OS)"),
    /** OP-TEE is to give lent memory back. */
    RECLAIM(ErrorCode.SYSTEM_ERROR, "EINVAL", "TEE result 0xffff000d (busy), origin 3 (trusted OS)");

    private final ErrorCode code;
    private final String errno;
    private final String what;

    FaultPoint(ErrorCode code, String errno, String what) {
        this.code = code;
        this.errno = errno;
        this.what = what;
    }

    /** How a real board fails there. */
    HeapException natural() {
        return HeapException.of(code, what)
                .operation(name())
                .errno(errno)
                .hint("A test made the emulated board fail here")
                .build();
    }
}
