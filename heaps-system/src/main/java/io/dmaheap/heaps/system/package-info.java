/** Page-scattered memory: the kernel's system heap, or the platform's own. */
@NullMarked
package io.dmaheap.heaps.system;

import org.jspecify.annotations.NullMarked;
