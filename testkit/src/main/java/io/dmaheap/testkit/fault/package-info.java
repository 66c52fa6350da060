/**
 * Heaps that fail on demand. {@link io.dmaheap.testkit.fault.FaultyHeap} wraps a working heap; {@link io.dmaheap.testkit.fault.Faults}
 * says which call fails, when and with what, and counts the calls.
 *
 * {@snippet :
 * var faults = new Faults().on(Callback.ALLOCATE, 3, () -> HeapException.of(OUT_OF_MEMORY, "the pool is empty").build());
 * context.register(spec, new FaultyHeap(working, faults));
 * }
 */
@NullMarked
package io.dmaheap.testkit.fault;

import org.jspecify.annotations.NullMarked;
