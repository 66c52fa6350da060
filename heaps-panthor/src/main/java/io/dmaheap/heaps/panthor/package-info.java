/** The protected heap of Arm's Panthor GPU driver. */
@NullMarked
package io.dmaheap.heaps.panthor;

import org.jspecify.annotations.NullMarked;
