/** The Linux kernel's heaps, dma-bufs and file descriptors: the only room with native calls. */
@NullMarked
package io.dmaheap.linux;

import org.jspecify.annotations.NullMarked;
