package io.dmaheap.linux.uapi;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code linux/sync_file.h}. */
public final class SyncFileHeader {
    /** {@code struct sync_merge_data}. */
    public static final StructLayout MERGE_DATA = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(32, JAVA_BYTE).withName("name"),
            JAVA_INT.withName("fd2"),
            JAVA_INT.withName("fence"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("pad"));

    public static final VarHandle MERGE_FD2 = field(MERGE_DATA, "fd2");
    public static final VarHandle MERGE_FENCE = field(MERGE_DATA, "fence");

    /** {@code struct sync_file_info}. */
    public static final StructLayout FILE_INFO = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(32, JAVA_BYTE).withName("name"),
            JAVA_INT.withName("status"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("num_fences"),
            JAVA_INT.withName("pad"),
            JAVA_LONG.withName("sync_fence_info"));

    /** 0 while active, 1 when signalled, negative after an error. */
    public static final VarHandle STATUS = field(FILE_INFO, "status");

    public static final long SYNC_IOC_MERGE = Ioctl.iowr('>', 3, MERGE_DATA);
    public static final long SYNC_IOC_FILE_INFO = Ioctl.iowr('>', 4, FILE_INFO);

    private SyncFileHeader() {}
}
