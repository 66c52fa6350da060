/** Chooses a heap by need and says why. */
@NullMarked
package io.dmaheap.core.choice;

import org.jspecify.annotations.NullMarked;
