/** Contiguous heaps, one per CMA region. */
@NullMarked
package io.dmaheap.heaps.cma;

import org.jspecify.annotations.NullMarked;
