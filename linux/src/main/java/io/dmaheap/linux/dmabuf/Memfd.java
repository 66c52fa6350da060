package io.dmaheap.linux.dmabuf;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import java.util.Optional;

/** Makes memory files (memfd_create(2)). */
public final class Memfd {
    private Memfd() {}

    /** Why this process can make none, with what to do; empty if it can, or may when descriptors are free again. */
    public static Optional<String> obstacle(Libc libc) {
        int result = libc.memfdCreate("dmaheap", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        if (result >= 0) {
            SharedFd.close(libc, result);
        }
        return isForbidden(result) ? Optional.of(forbidden(result)) : Optional.empty();
    }

    private static boolean isForbidden(int result) {
        return result == -Errno.EPERM || result == -Errno.EACCES || result == -Errno.ENOSYS;
    }

    private static String forbidden(int result) {
        return "memfd_create gets " + Errno.name(result)
                + ", as where a seccomp filter refuses it. Allow memfd_create in the seccomp profile of the container or unit";
    }

    /**
     * Makes a memory file of {@code size} zero bytes, close-on-exec, which can be sealed.
     *
     * @param fd owns the descriptor afterwards; closed if the file cannot get its size
     * @param name what {@code /proc/PID/fd} shows of it
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#OUT_OF_MEMORY}; {@link ErrorCode#PERMISSION_DENIED} where
     *     a seccomp filter refuses the call
     */
    public static void create(Libc libc, SharedFd fd, String name, long size) {
        int result = libc.memfdCreate(name, FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        if (result < 0) {
            HeapException.Builder builder = Failure.of("memfd_create", result, "no memory file for " + name);
            throw (isForbidden(result) ? builder.hint(forbidden(result)) : builder).build();
        }
        fd.own(result);
        int resized = libc.ftruncate(result, size);
        if (resized < 0) {
            fd.close();
            throw Failure.of("ftruncate", resized, "no memory file of " + size + " bytes for " + name)
                    .build();
        }
    }
}
