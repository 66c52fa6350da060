/**
 * The platform {@code linux}: the heaps under {@code /dev/dma_heap}, exactly as the kernel offers them.
 *
 * <p>{@link io.dmaheap.linux.LinuxPlatformProvider} decides whether they can be used, {@code LinuxPlatform} lists them, and
 * {@code KernelHeapNode} allocates. The packages below know one thing each: {@code libc} the C library, {@code uapi} the kernel's
 * headers, {@code dmabuf} the buffer, {@code memfd} its stand-in, {@code socket} passing descriptors on, {@code proc} what the
 * kernel tells in files.
 */
@NullMarked
package io.dmaheap.linux;

import org.jspecify.annotations.NullMarked;
