/** Buffers and what one can do with them: access, export, import, release. */
@NullMarked
package io.dmaheap.core.buffer;

import org.jspecify.annotations.NullMarked;
