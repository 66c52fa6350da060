/** One dma-buf as the kernel knows it: mapping, CPU access, fences, label, identity; and how one comes in from elsewhere. */
@NullMarked
package io.dmaheap.linux.dmabuf;

import org.jspecify.annotations.NullMarked;
