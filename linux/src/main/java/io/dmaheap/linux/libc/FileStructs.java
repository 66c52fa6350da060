package io.dmaheap.linux.libc;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * Structs and constants of calls on file descriptors, the same on x86-64 and aarch64. {@code struct stat} is not, which is why
 * {@code statx} is used.
 */
public final class FileStructs {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    public static final int SEEK_SET = 0;
    public static final int SEEK_END = 2;

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;

    public static final int F_SETFD = 2;
    public static final int FD_CLOEXEC = 1;
    public static final int F_GETFL = 3;
    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_ADD_SEALS = 1033;
    public static final int F_GET_SEALS = 1034;
    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;

    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;

    public static final short POLLIN = 1;
    public static final short POLLOUT = 4;
    public static final short POLLRDHUP = 0x2000;

    public static final int STATX_INO = 0x100;

    /** {@code struct pollfd}. */
    public static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

    public static final VarHandle POLLFD_FD = field(POLLFD, "fd");
    public static final VarHandle POLLFD_EVENTS = field(POLLFD, "events");
    public static final VarHandle POLLFD_REVENTS = field(POLLFD, "revents");

    /** The parts of {@code struct statx} that are used (include/uapi/linux/stat.h). */
    public static final StructLayout STATX = MemoryLayout.structLayout(
            JAVA_INT.withName("stx_mask"),
            MemoryLayout.paddingLayout(28),
            JAVA_LONG.withName("stx_ino"),
            JAVA_LONG.withName("stx_size"),
            MemoryLayout.paddingLayout(88),
            JAVA_INT.withName("stx_dev_major"),
            JAVA_INT.withName("stx_dev_minor"),
            MemoryLayout.paddingLayout(112));

    public static final VarHandle STATX_INODE = field(STATX, "stx_ino");
    public static final VarHandle STATX_DEV_MAJOR = field(STATX, "stx_dev_major");
    public static final VarHandle STATX_DEV_MINOR = field(STATX, "stx_dev_minor");

    /** The parts of {@code struct statfs} that are used. */
    public static final StructLayout STATFS =
            MemoryLayout.structLayout(JAVA_LONG.withName("f_type"), MemoryLayout.paddingLayout(112));

    public static final VarHandle STATFS_TYPE = field(STATFS, "f_type");

    private FileStructs() {}

    /** A handle on a field: {@code (segment, 0L)} to get, {@code (segment, 0L, value)} to set, with exact types. */
    public static VarHandle field(StructLayout struct, String name) {
        return struct.varHandle(groupElement(name)).withInvokeExactBehavior();
    }
}
