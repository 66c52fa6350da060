/** Interleavings of what the plugin keeps to itself: the lent pool. */
@NullMarked
package io.dmaheap.heaps.restricted.linaro;

import org.jspecify.annotations.NullMarked;
