package io.dmaheap.spi;

import io.dmaheap.AllocationRequest;
import io.dmaheap.PublicApi;
import java.util.Optional;

/**
 * The operations of a restricted heap, after {@code struct restricted_heap_ops} of the kernel series "dma-buf: heaps: Add
 * restricted heap" (v5, May 2024). The framework calls them in this order:
 *
 * <pre>
 *   allocate:  init (until it succeeded once) → alloc → restrict → wrap as a buffer
 *   release:   unrestrict → free
 * </pre>
 *
 * <p>If a step fails, those before it are undone in exact reverse. If {@code unrestrict} fails, {@code free} is not called: the
 * memory may still be protected, so it is withheld and reported instead of being used again.
 *
 * <p>Called by several threads at a time, but for {@link #init()}, which is never called by two at once. Operations on one buffer
 * never overlap.
 *
 * @param <M> the vendor's own record of one buffer
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public interface RestrictedHeapOps<M extends Memory> {

    /**
     * Reaches whoever protects the memory, such as a trusted application. Called by the first allocation, since the secure world
     * may come up later than the heap; after a failure it is called again by the next allocation.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#DEVICE_GONE} ({@code ENODEV}) if nobody answers
     */
    void init();

    /**
     * Takes memory that is not protected yet. Where the secure world owns the memory this makes only the record.
     *
     * @param request as for {@link HeapOps#allocate}
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#OUT_OF_MEMORY}
     */
    M alloc(AllocationRequest request);

    /** Gives the memory back. Must not fail. */
    void free(M memory);

    /**
     * Has the memory protected. Does nothing where {@link #alloc} hands out protected memory already.
     *
     * @throws io.dmaheap.HeapException if it was refused; the memory is then not protected
     */
    default void restrict(M memory) {}

    /**
     * Has the protection lifted, and the contents cleared by whoever may touch them.
     *
     * @throws io.dmaheap.HeapException if it was refused; the memory is then quarantined
     */
    default void unrestrict(M memory) {}

    /** The {@code heap_flags} bits that the heap understands; none unless overridden. */
    default long heapFlags() {
        return 0;
    }

    /** How the heap is now. Cheap enough to be called for a listing. */
    default HeapStatus status() {
        return HeapStatus.UNKNOWN;
    }

    /**
     * Where a buffer of {@code size} bytes would lie if it were allocated now, and who could touch it then; as
     * {@link HeapOps#outlook}.
     *
     * @param size bytes, a multiple of the page size; 0 if not known yet
     * @implSpec the default is empty
     */
    default Optional<MemoryOutlook> outlook(long size) {
        return Optional.empty();
    }

    /** Called once, after the last buffer is gone and before the plugin stops. */
    default void close() {}
}
