/** Buffers over Unix sockets. */
@NullMarked
package io.dmaheap.core.sharing;

import org.jspecify.annotations.NullMarked;
