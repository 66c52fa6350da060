/** The framework behind {@link io.dmaheap.Heaps}. */
@NullMarked
package io.dmaheap.core;

import org.jspecify.annotations.NullMarked;
