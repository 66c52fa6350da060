package io.dmaheap;

import java.util.SortedMap;

/**
 * One counted reference to a heap. While it is open the heap does not go away; closing it drops this reference only.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface Heap extends AutoCloseable {

    /** The heap's own name, which may differ from the alias it was found by. */
    String name();

    /** What the heap's memory is like. */
    Traits traits();

    /** A snapshot of what is known of the heap now. */
    HeapInfo info();

    /**
     * The bytes that the buffers of each {@linkplain AllocationRequest#client() client} take now, in this process; without those who
     * have none, and with buffers of an older version of the plugin that are still open: what its limits count.
     *
     * @throws IllegalStateException if this handle is closed
     */
    SortedMap<String, Long> bytesByClient();

    /**
     * Allocates a buffer of {@code size} bytes, rounded up to a page. Short for {@link #allocate(AllocationRequest)}.
     *
     * @throws HeapException as {@link #allocate(AllocationRequest)}
     */
    default DmaBuf allocate(long size) {
        return allocate(AllocationRequest.of(size));
    }

    /**
     * Allocates a buffer.
     *
     * <p>Where the heap is full, this fails at once, or waits for others to close buffers if the policy says so
     * ({@code limit.HEAP.wait}); who came first is served first.
     *
     * <p>The request is checked before the heap is asked: the kernel's {@code system} heap has no limit of its own, and a request
     * larger than the memory of the machine would wake the OOM killer instead of failing.
     *
     * @return a handle that the caller closes
     * @throws HeapException {@link ErrorCode#INVALID_SIZE}, {@link ErrorCode#INVALID_FLAGS}, {@link ErrorCode#LIMIT_EXCEEDED},
     *     {@link ErrorCode#OUT_OF_MEMORY} ({@code ENOMEM}), {@link ErrorCode#TOO_MANY_FILES} ({@code EMFILE}),
     *     {@link ErrorCode#PERMISSION_DENIED} ({@code EACCES}), {@link ErrorCode#HEAP_DRAINING}, {@link ErrorCode#DEVICE_GONE},
     *     {@link ErrorCode#PLUGIN_FAILED}; {@link ErrorCode#INTERRUPTED} while it waits
     * @throws IllegalStateException if this handle is closed
     */
    DmaBuf allocate(AllocationRequest request);

    /** Drops this reference. Closing twice is harmless. */
    @Override
    void close();
}
