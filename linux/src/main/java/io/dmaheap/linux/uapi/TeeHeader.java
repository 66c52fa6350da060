package io.dmaheap.linux.uapi;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code linux/tee.h}. */
public final class TeeHeader {
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_NONE = 0;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT = 1;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT = 2;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT = 3;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT = 5;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT = 6;
    public static final long TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT = 7;

    /** The id of shared memory in a reference to nothing. */
    public static final long TEE_MEMREF_NULL = -1;

    private static final int TEE_IOC_MAGIC = 0xa4;

    /** {@code struct tee_ioctl_version_data}. */
    public static final StructLayout VERSION_DATA = MemoryLayout.structLayout(
            JAVA_INT.withName("impl_id"), JAVA_INT.withName("impl_caps"), JAVA_INT.withName("gen_caps"));

    public static final VarHandle IMPL_ID = field(VERSION_DATA, "impl_id");
    public static final VarHandle IMPL_CAPS = field(VERSION_DATA, "impl_caps");
    public static final VarHandle GEN_CAPS = field(VERSION_DATA, "gen_caps");

    /** {@code struct tee_ioctl_shm_alloc_data}. */
    public static final StructLayout SHM_ALLOC_DATA =
            MemoryLayout.structLayout(JAVA_LONG.withName("size"), JAVA_INT.withName("flags"), JAVA_INT.withName("id"));

    public static final VarHandle ALLOC_SIZE = field(SHM_ALLOC_DATA, "size");
    public static final VarHandle ALLOC_ID = field(SHM_ALLOC_DATA, "id");

    /** {@code struct tee_ioctl_shm_register_data}. */
    public static final StructLayout SHM_REGISTER_DATA = MemoryLayout.structLayout(
            JAVA_LONG.withName("addr"),
            JAVA_LONG.withName("length"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("id"));

    public static final VarHandle REGISTER_ADDR = field(SHM_REGISTER_DATA, "addr");
    public static final VarHandle REGISTER_LENGTH = field(SHM_REGISTER_DATA, "length");
    public static final VarHandle REGISTER_ID = field(SHM_REGISTER_DATA, "id");

    /** {@code struct tee_ioctl_shm_register_fd_data} (linux 6.18 and newer). */
    public static final StructLayout SHM_REGISTER_FD_DATA = MemoryLayout.structLayout(
            JAVA_LONG.withName("fd"), JAVA_LONG.withName("size"), JAVA_INT.withName("flags"), JAVA_INT.withName("id"));

    public static final VarHandle REGISTER_FD_FD = field(SHM_REGISTER_FD_DATA, "fd");
    public static final VarHandle REGISTER_FD_SIZE = field(SHM_REGISTER_FD_DATA, "size");
    public static final VarHandle REGISTER_FD_ID = field(SHM_REGISTER_FD_DATA, "id");

    /** {@code struct tee_ioctl_buf_data}: where an argument of variable length is. */
    public static final StructLayout BUF_DATA =
            MemoryLayout.structLayout(JAVA_LONG.withName("buf_ptr"), JAVA_LONG.withName("buf_len"));

    public static final VarHandle BUF_PTR = field(BUF_DATA, "buf_ptr");
    public static final VarHandle BUF_LEN = field(BUF_DATA, "buf_len");

    /** {@code struct tee_ioctl_param}. */
    public static final StructLayout PARAM = MemoryLayout.structLayout(
            JAVA_LONG.withName("attr"), JAVA_LONG.withName("a"), JAVA_LONG.withName("b"), JAVA_LONG.withName("c"));

    public static final VarHandle PARAM_ATTR = field(PARAM, "attr");
    public static final VarHandle PARAM_A = field(PARAM, "a");
    public static final VarHandle PARAM_B = field(PARAM, "b");
    public static final VarHandle PARAM_C = field(PARAM, "c");

    /** {@code struct tee_ioctl_open_session_arg}, which the parameters follow. */
    public static final StructLayout OPEN_SESSION_ARG = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("uuid"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("clnt_uuid"),
            JAVA_INT.withName("clnt_login"),
            JAVA_INT.withName("cancel_id"),
            JAVA_INT.withName("session"),
            JAVA_INT.withName("ret"),
            JAVA_INT.withName("ret_origin"),
            JAVA_INT.withName("num_params"));

    /** Where the UUIDs are, as bytes in the order in which they are written. */
    public static final long UUID_OFFSET = 0;

    public static final long CLNT_UUID_OFFSET = 16;
    public static final VarHandle OPEN_CLNT_LOGIN = field(OPEN_SESSION_ARG, "clnt_login");
    public static final VarHandle OPEN_CANCEL_ID = field(OPEN_SESSION_ARG, "cancel_id");
    public static final VarHandle OPEN_SESSION = field(OPEN_SESSION_ARG, "session");
    public static final VarHandle OPEN_RET = field(OPEN_SESSION_ARG, "ret");
    public static final VarHandle OPEN_RET_ORIGIN = field(OPEN_SESSION_ARG, "ret_origin");
    public static final VarHandle OPEN_NUM_PARAMS = field(OPEN_SESSION_ARG, "num_params");

    /** {@code struct tee_ioctl_invoke_arg}, which the parameters follow. */
    public static final StructLayout INVOKE_ARG = MemoryLayout.structLayout(
            JAVA_INT.withName("func"),
            JAVA_INT.withName("session"),
            JAVA_INT.withName("cancel_id"),
            JAVA_INT.withName("ret"),
            JAVA_INT.withName("ret_origin"),
            JAVA_INT.withName("num_params"));

    public static final VarHandle INVOKE_FUNC = field(INVOKE_ARG, "func");
    public static final VarHandle INVOKE_SESSION = field(INVOKE_ARG, "session");
    public static final VarHandle INVOKE_CANCEL_ID = field(INVOKE_ARG, "cancel_id");
    public static final VarHandle INVOKE_RET = field(INVOKE_ARG, "ret");
    public static final VarHandle INVOKE_RET_ORIGIN = field(INVOKE_ARG, "ret_origin");
    public static final VarHandle INVOKE_NUM_PARAMS = field(INVOKE_ARG, "num_params");

    /** {@code struct tee_ioctl_cancel_arg}. */
    public static final StructLayout CANCEL_ARG =
            MemoryLayout.structLayout(JAVA_INT.withName("cancel_id"), JAVA_INT.withName("session"));

    public static final VarHandle CANCEL_ID = field(CANCEL_ARG, "cancel_id");
    public static final VarHandle CANCEL_SESSION = field(CANCEL_ARG, "session");

    /** {@code struct tee_ioctl_close_session_arg}. */
    public static final StructLayout CLOSE_SESSION_ARG = MemoryLayout.structLayout(JAVA_INT.withName("session"));

    public static final VarHandle CLOSE_SESSION = field(CLOSE_SESSION_ARG, "session");

    public static final long TEE_IOC_VERSION = Ioctl.ior(TEE_IOC_MAGIC, 0, VERSION_DATA);
    public static final long TEE_IOC_SHM_ALLOC = Ioctl.iowr(TEE_IOC_MAGIC, 1, SHM_ALLOC_DATA);
    public static final long TEE_IOC_OPEN_SESSION = Ioctl.ior(TEE_IOC_MAGIC, 2, BUF_DATA);
    public static final long TEE_IOC_INVOKE = Ioctl.ior(TEE_IOC_MAGIC, 3, BUF_DATA);
    public static final long TEE_IOC_CANCEL = Ioctl.ior(TEE_IOC_MAGIC, 4, CANCEL_ARG);
    public static final long TEE_IOC_CLOSE_SESSION = Ioctl.ior(TEE_IOC_MAGIC, 5, CLOSE_SESSION_ARG);
    public static final long TEE_IOC_SHM_REGISTER_FD = Ioctl.iowr(TEE_IOC_MAGIC, 8, SHM_REGISTER_FD_DATA);
    public static final long TEE_IOC_SHM_REGISTER = Ioctl.iowr(TEE_IOC_MAGIC, 9, SHM_REGISTER_DATA);

    private TeeHeader() {}
}
