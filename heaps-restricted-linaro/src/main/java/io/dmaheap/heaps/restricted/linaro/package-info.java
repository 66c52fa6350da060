/**
 * Protected heaps of OP-TEE and Linaro. {@link io.dmaheap.heaps.restricted.linaro.LinaroHeaps} finds them; a
 * {@code FixedHeap} divides memory that is the secure world's for good, a {@code LentHeap} memory that it has only while there are
 * buffers.
 */
@NullMarked
package io.dmaheap.heaps.restricted.linaro;

import org.jspecify.annotations.NullMarked;
