package io.dmaheap.testkit.fault;

/** A point at which the framework calls into a heap or its memory. */
public enum Callback {
    /** {@link io.dmaheap.spi.HeapOps#allocate}. */
    ALLOCATE,
    /** {@code heapFlags()} of a plain or restricted heap. */
    HEAP_FLAGS,
    /** {@code status()} of a plain or restricted heap. */
    STATUS,
    /** {@code close()} of a plain or restricted heap. */
    CLOSE,
    /** {@link io.dmaheap.spi.RestrictedHeapOps#init}. */
    INIT,
    /** {@link io.dmaheap.spi.RestrictedHeapOps#alloc}. */
    ALLOC,
    /** {@link io.dmaheap.spi.RestrictedHeapOps#free}. */
    FREE,
    /** {@link io.dmaheap.spi.RestrictedHeapOps#restrict}. */
    RESTRICT,
    /** {@link io.dmaheap.spi.RestrictedHeapOps#unrestrict}. */
    UNRESTRICT,
    /** {@link io.dmaheap.spi.Memory#size}. */
    SIZE,
    /** {@link io.dmaheap.spi.Memory#release}. */
    RELEASE,
    /** {@link io.dmaheap.spi.Memory#info}. */
    INFO,
    /** {@link io.dmaheap.spi.Memory#map}. */
    MAP,
    /** {@link io.dmaheap.spi.Mapping#segment}. */
    SEGMENT,
    /** {@link io.dmaheap.spi.Mapping#unmap}. */
    UNMAP,
    /** {@link io.dmaheap.spi.Memory#beginCpuAccess}. */
    BEGIN_CPU_ACCESS,
    /** {@link io.dmaheap.spi.Memory#endCpuAccess}. */
    END_CPU_ACCESS,
    /** {@link io.dmaheap.spi.Memory#awaitIdle}. */
    AWAIT_IDLE,
    /** {@link io.dmaheap.spi.Memory#exportFence}. */
    EXPORT_FENCE,
    /** {@link io.dmaheap.spi.Memory#importFence}. */
    IMPORT_FENCE,
    /** {@link io.dmaheap.spi.Memory#accessList}. */
    ACCESS_LIST,
    /** {@link io.dmaheap.spi.Memory#secureHandle}. */
    SECURE_HANDLE,
    /** {@link io.dmaheap.spi.Memory#exportFd}. */
    EXPORT_FD,
    /** {@link io.dmaheap.spi.Memory#setName}. */
    SET_NAME
}
