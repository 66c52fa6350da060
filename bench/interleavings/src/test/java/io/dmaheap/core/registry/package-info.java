/** Interleavings of what the registry keeps to itself: the accounts of clients. */
@NullMarked
package io.dmaheap.core.registry;

import org.jspecify.annotations.NullMarked;
