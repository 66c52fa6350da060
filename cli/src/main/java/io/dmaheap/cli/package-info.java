/** The dmaheap command. */
@NullMarked
package io.dmaheap.cli;

import org.jspecify.annotations.NullMarked;
