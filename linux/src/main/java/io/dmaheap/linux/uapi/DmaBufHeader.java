package io.dmaheap.linux.uapi;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.Access;
import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code linux/dma-buf.h}, and the magic number of {@code linux/magic.h}. */
public final class DmaBufHeader {
    /** {@code f_type} of the file system that dma-bufs live on ("DMAB"). */
    public static final long DMA_BUF_MAGIC = 0x444D4142;

    /** The longest label in bytes, without the closing NUL ({@code DMA_BUF_NAME_LEN} - 1). */
    public static final int MAX_NAME = 31;

    public static final long DMA_BUF_SYNC_READ = 1;
    public static final long DMA_BUF_SYNC_WRITE = 2;
    public static final long DMA_BUF_SYNC_START = 0;
    public static final long DMA_BUF_SYNC_END = 4;

    /** {@code struct dma_buf_sync}. */
    public static final StructLayout SYNC = MemoryLayout.structLayout(JAVA_LONG.withName("flags"));

    public static final VarHandle SYNC_FLAGS = field(SYNC, "flags");

    /** {@code struct dma_buf_export_sync_file} and {@code struct dma_buf_import_sync_file}. */
    public static final StructLayout SYNC_FILE =
            MemoryLayout.structLayout(JAVA_INT.withName("flags"), JAVA_INT.withName("fd"));

    public static final VarHandle SYNC_FILE_FLAGS = field(SYNC_FILE, "flags");
    public static final VarHandle SYNC_FILE_FD = field(SYNC_FILE, "fd");

    public static final long DMA_BUF_IOCTL_SYNC = Ioctl.iow('b', 0, SYNC);
    /** With the size of a pointer, though the argument is the string itself. */
    public static final long DMA_BUF_SET_NAME_B = Ioctl.iow('b', 1, JAVA_LONG);

    public static final long DMA_BUF_IOCTL_EXPORT_SYNC_FILE = Ioctl.iowr('b', 2, SYNC_FILE);
    public static final long DMA_BUF_IOCTL_IMPORT_SYNC_FILE = Ioctl.iow('b', 3, SYNC_FILE);

    private DmaBufHeader() {}

    /** The {@code DMA_BUF_SYNC_*} direction bits of an access. */
    public static long direction(Access access) {
        return (access.reads() ? DMA_BUF_SYNC_READ : 0) | (access.writes() ? DMA_BUF_SYNC_WRITE : 0);
    }
}
