/**
 * Who gets which range: the placement rules of the kernel's carveout and CMA allocators as plain data structures.
 *
 * <p>A {@link io.dmaheap.allocators.Pool} hands out byte ranges of carveouts as {@code lib/genalloc.c} does, by one of the
 * {@link io.dmaheap.allocators.Placement} rules; a {@link io.dmaheap.allocators.CmaArea} hands out page frames as
 * {@code mm/cma.c} does, pinned pages included. Both put every allocation exactly where the kernel would have put it, so that a
 * trace taken on a board fragments the same way here.
 *
 * <p>The kernel scans a bitmap. Here a request first walks over the free runs from where it last found something, and gives up
 * when the walk gets longer than the work that it saves; then a tree of summaries over a bitmap answers in a time that grows
 * with the logarithm of the range. The tree is told what changed only when it is asked.
 *
 * <p>Nothing here does I/O, starts threads or knows what the numbers mean to hardware. <b>Nothing here is safe for use by several
 * threads:</b> the caller holds one lock around each pool or area, as it needs one anyway for what it does with the range.
 */
@NullMarked
package io.dmaheap.allocators;

import org.jspecify.annotations.NullMarked;
