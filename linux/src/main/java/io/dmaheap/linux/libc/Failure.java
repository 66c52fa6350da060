package io.dmaheap.linux.libc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/** Turns the result of a failed call into a {@link HeapException}. */
public final class Failure {
    private Failure() {}

    /**
     * Starts the exception for an errno, with the code that it means for most calls and a hint if the errno alone tells the cause.
     *
     * @param operation the call or ioctl
     * @param result what it returned, {@code -errno}
     * @param what one sentence that says what could not be done
     */
    public static HeapException.Builder of(String operation, long result, String what) {
        return of(code((int) -result), operation, result, what);
    }

    /** As {@link #of(String, long, String)}, where the errno means something else than usual. */
    public static HeapException.Builder of(ErrorCode code, String operation, long result, String what) {
        HeapException.Builder builder =
                HeapException.of(code, what).operation(operation).errno(Errno.name(result));
        String hint = hint((int) -result);
        return hint.isEmpty() ? builder : builder.hint(hint);
    }

    private static ErrorCode code(int errno) {
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM -> ErrorCode.PERMISSION_DENIED;
            case Errno.ENOMEM -> ErrorCode.OUT_OF_MEMORY;
            case Errno.EMFILE, Errno.ENFILE -> ErrorCode.TOO_MANY_FILES;
            case Errno.EBADF -> ErrorCode.NOT_A_DMA_BUF;
            case Errno.ENOTTY, Errno.EOPNOTSUPP, Errno.ENOSYS -> ErrorCode.UNSUPPORTED;
            case Errno.ENODEV, Errno.ENXIO -> ErrorCode.DEVICE_GONE;
            case Errno.EINTR -> ErrorCode.INTERRUPTED;
            default -> ErrorCode.SYSTEM_ERROR;
        };
    }

    private static String hint(int errno) {
        return switch (errno) {
            case Errno.EMFILE ->
                "This process has no file descriptor left: look for leaks with `ls -l /proc/"
                        + ProcessHandle.current().pid() + "/fd`, or raise the limit with `ulimit -n`";
            case Errno.ENFILE ->
                "The system has no file descriptor left: compare `cat /proc/sys/fs/file-nr` with fs.file-max";
            default -> "";
        };
    }
}
