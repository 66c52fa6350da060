package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import java.util.EnumSet;
import java.util.Set;

/** What the exit status says. */
final class ExitStatus {
    /** All is well. */
    static final int OK = 0;
    /** Something is wrong with what was looked at or tried. */
    static final int PROBLEM = 1;
    /** The command was called wrongly, or cannot work here. */
    static final int CANNOT_WORK = 2;

    private static final Set<ErrorCode> HOPELESS = EnumSet.of(
            ErrorCode.INVALID_SIZE,
            ErrorCode.INVALID_FLAGS,
            ErrorCode.INVALID_NAME,
            ErrorCode.HEAP_NOT_FOUND,
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.UNSUPPORTED,
            ErrorCode.PLATFORM_UNAVAILABLE,
            ErrorCode.INVALID_CONFIGURATION);

    private ExitStatus() {}

    /**
     * What a failure means: memory may be there the next time, but a heap that does not exist stays away. Codes that appear later
     * are problems.
     */
    static int of(ErrorCode code) {
        return HOPELESS.contains(code) ? CANNOT_WORK : PROBLEM;
    }
}
