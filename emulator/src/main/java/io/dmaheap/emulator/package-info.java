/** An emulated machine that gives out memory where there is no kernel heap. */
@NullMarked
package io.dmaheap.emulator;

import org.jspecify.annotations.NullMarked;
