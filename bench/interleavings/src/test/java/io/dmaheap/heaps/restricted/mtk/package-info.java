/** Interleavings of what the plugin keeps to itself: the region that is lent. */
@NullMarked
package io.dmaheap.heaps.restricted.mtk;

import org.jspecify.annotations.NullMarked;
