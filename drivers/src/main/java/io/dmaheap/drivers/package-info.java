/** Consumers of dma-bufs: importers of the real kernel. */
@NullMarked
package io.dmaheap.drivers;

import org.jspecify.annotations.NullMarked;
