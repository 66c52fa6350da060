/** Heaps by name: registration, lock-free lookup, waiting, draining. */
@NullMarked
package io.dmaheap.core.registry;

import org.jspecify.annotations.NullMarked;
