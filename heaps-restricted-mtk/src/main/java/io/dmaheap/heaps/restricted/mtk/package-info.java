/** MediaTek's restricted heaps. */
@NullMarked
package io.dmaheap.heaps.restricted.mtk;

import org.jspecify.annotations.NullMarked;
