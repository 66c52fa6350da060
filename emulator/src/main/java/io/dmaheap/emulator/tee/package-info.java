/** The emulated TEE: connections and sessions as {@code /dev/tee0} has them, and the applications that every board comes with. */
@NullMarked
package io.dmaheap.emulator.tee;

import org.jspecify.annotations.NullMarked;
