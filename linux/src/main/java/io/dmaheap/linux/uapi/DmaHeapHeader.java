package io.dmaheap.linux.uapi;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code linux/dma-heap.h}. */
public final class DmaHeapHeader {
    /** {@code struct dma_heap_allocation_data}: 24 bytes since linux 5.6. The size is part of the command, so it must be exact. */
    public static final StructLayout ALLOCATION_DATA = MemoryLayout.structLayout(
            JAVA_LONG.withName("len"),
            JAVA_INT.withName("fd"),
            JAVA_INT.withName("fd_flags"),
            JAVA_LONG.withName("heap_flags"));

    public static final VarHandle LEN = field(ALLOCATION_DATA, "len");
    public static final VarHandle FD = field(ALLOCATION_DATA, "fd");
    public static final VarHandle FD_FLAGS = field(ALLOCATION_DATA, "fd_flags");
    public static final VarHandle HEAP_FLAGS = field(ALLOCATION_DATA, "heap_flags");

    public static final long DMA_HEAP_IOCTL_ALLOC = Ioctl.iowr('H', 0, ALLOCATION_DATA);

    private DmaHeapHeader() {}
}
