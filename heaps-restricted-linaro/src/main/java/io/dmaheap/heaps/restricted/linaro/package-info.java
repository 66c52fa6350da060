/** Protected heaps of OP-TEE and Linaro. */
@NullMarked
package io.dmaheap.heaps.restricted.linaro;

import org.jspecify.annotations.NullMarked;
