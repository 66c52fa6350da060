package io.dmaheap.linux.libc;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** Structs and constants of Unix sockets, the same on x86-64 and aarch64 (unix(7), cmsg(3)). */
public final class SocketStructs {
    public static final int AF_UNIX = 1;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOL_SOCKET = 1;
    public static final int SO_TYPE = 3;
    public static final int SO_PEERCRED = 17;
    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_DOMAIN = 39;
    public static final int SCM_RIGHTS = 1;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** The longest socket path, without the closing NUL. */
    public static final int MAX_PATH = 107;

    /** {@code struct sockaddr_un}. */
    public static final StructLayout SOCKADDR_UN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sun_family"),
            MemoryLayout.sequenceLayout(MAX_PATH + 1, JAVA_BYTE).withName("sun_path"));

    public static final VarHandle SUN_FAMILY = field(SOCKADDR_UN, "sun_family");
    public static final long SUN_PATH_OFFSET = 2;

    /** {@code struct iovec}. */
    public static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));

    public static final VarHandle IOV_BASE = field(IOVEC, "iov_base");
    public static final VarHandle IOV_LEN = field(IOVEC, "iov_len");

    /** {@code struct msghdr}. */
    public static final StructLayout MSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("msg_name"),
            JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("msg_iov"),
            JAVA_LONG.withName("msg_iovlen"),
            ADDRESS.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"),
            MemoryLayout.paddingLayout(4));

    public static final VarHandle MSG_IOV = field(MSGHDR, "msg_iov");
    public static final VarHandle MSG_IOVLEN = field(MSGHDR, "msg_iovlen");
    public static final VarHandle MSG_CONTROL = field(MSGHDR, "msg_control");
    public static final VarHandle MSG_CONTROLLEN = field(MSGHDR, "msg_controllen");
    public static final VarHandle MSG_FLAGS = field(MSGHDR, "msg_flags");

    /** {@code struct cmsghdr}; the data follows at once, and the next header at a multiple of 8. */
    public static final StructLayout CMSGHDR = MemoryLayout.structLayout(
            JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"));

    public static final VarHandle CMSG_LEN = field(CMSGHDR, "cmsg_len");
    public static final VarHandle CMSG_LEVEL = field(CMSGHDR, "cmsg_level");
    public static final VarHandle CMSG_TYPE = field(CMSGHDR, "cmsg_type");

    /** {@code struct ucred}. */
    public static final StructLayout UCRED =
            MemoryLayout.structLayout(JAVA_INT.withName("pid"), JAVA_INT.withName("uid"), JAVA_INT.withName("gid"));

    public static final VarHandle UCRED_PID = field(UCRED, "pid");
    public static final VarHandle UCRED_UID = field(UCRED, "uid");
    public static final VarHandle UCRED_GID = field(UCRED, "gid");

    private SocketStructs() {}
}
