/** Range allocators as plain data structures: no I/O, no threads. */
@NullMarked
package io.dmaheap.allocators;

import org.jspecify.annotations.NullMarked;
