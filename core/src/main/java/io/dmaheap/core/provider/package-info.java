/** Runs providers: their context, their threads, their end. */
@NullMarked
package io.dmaheap.core.provider;

import org.jspecify.annotations.NullMarked;
