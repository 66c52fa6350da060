/**
 * For callers: find a heap by name, allocate from it, access and share the buffer, close.
 *
 * {@snippet :
 * try (var heaps = Heaps.open();
 *         var heap = heaps.find("system").orElseThrow();
 *         var frame = heap.allocate(3_133_440)) {
 *     try (var access = frame.write()) {
 *         access.segment().fill((byte) 0x10);
 *     }
 *     try (var fd = frame.exportFd()) {
 *         decoder.queue(fd.number());
 *     }
 * }
 * }
 *
 * <p>Sizes are bytes. Every handle ({@link io.dmaheap.Heap}, {@link io.dmaheap.DmaBuf}, {@link io.dmaheap.DmaBufFd}) is one
 * counted reference: closing it drops exactly that one, closing it twice is harmless, using it afterwards is an
 * {@link java.lang.IllegalStateException}. All types are safe for use by several threads unless they say otherwise. What the
 * system refuses is a {@link io.dmaheap.HeapException}; a {@code null} argument is a {@link java.lang.NullPointerException}.
 */
@NullMarked
package io.dmaheap;

import org.jspecify.annotations.NullMarked;
