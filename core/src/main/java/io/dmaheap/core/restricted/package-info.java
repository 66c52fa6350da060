/** Runs the five operations of a restricted heap in their order and undoes them on failure. */
@NullMarked
package io.dmaheap.core.restricted;

import org.jspecify.annotations.NullMarked;
