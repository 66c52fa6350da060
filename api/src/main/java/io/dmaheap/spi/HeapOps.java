package io.dmaheap.spi;

import io.dmaheap.AllocationRequest;
import io.dmaheap.PublicApi;
import java.util.Optional;

/**
 * The operations of a plain heap. The one that matters is {@link #allocate}; memory is given back by {@link Memory#release()}.
 *
 * <p>Called by several threads at a time.
 */
@FunctionalInterface
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public interface HeapOps {

    /**
     * Gives out memory.
     *
     * @param request checked: the size is positive and a multiple of the page size, the flags are within {@link #heapFlags()}
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#OUT_OF_MEMORY} and others; nothing is held afterwards
     */
    Memory allocate(AllocationRequest request);

    /** The {@code heap_flags} bits that the heap understands; none unless overridden. */
    default long heapFlags() {
        return 0;
    }

    /** How the heap is now. Cheap enough to be called for a listing. */
    default HeapStatus status() {
        return HeapStatus.UNKNOWN;
    }

    /**
     * Where a buffer of {@code size} bytes would lie if it were allocated now. Takes nothing, and is cheap enough to be called for a
     * choice.
     *
     * @param size bytes, a multiple of the page size; 0 if not known yet
     * @return empty if the heap cannot tell: then it lies within the regions that the heap {@linkplain HeapSpec#regions names}
     * @implSpec the default is empty
     */
    default Optional<MemoryOutlook> outlook(long size) {
        return Optional.empty();
    }

    /** Called once, after the last buffer is gone and before the plugin stops. */
    default void close() {}
}
