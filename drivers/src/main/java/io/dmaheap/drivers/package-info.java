/**
 * Consumers of dma-bufs on a real kernel: {@link io.dmaheap.drivers.DrmCard} takes a buffer into a graphics driver (PRIME),
 * {@link io.dmaheap.drivers.VideoCapture} lets a camera driver write into one (V4L2).
 *
 * <p>They do what an application would do with an exported descriptor, no more: open a node, import, use, close.
 */
@NullMarked
package io.dmaheap.drivers;

import org.jspecify.annotations.NullMarked;
