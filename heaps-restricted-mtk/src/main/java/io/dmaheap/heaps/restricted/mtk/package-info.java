/**
 * MediaTek's restricted heaps: {@link io.dmaheap.heaps.restricted.mtk.MemoryApplication} speaks with the secure world,
 * {@link io.dmaheap.heaps.restricted.mtk.StaticHeap} and {@link io.dmaheap.heaps.restricted.mtk.LentHeap} are the two kinds of memory
 * that it has.
 */
@NullMarked
package io.dmaheap.heaps.restricted.mtk;

import org.jspecify.annotations.NullMarked;
