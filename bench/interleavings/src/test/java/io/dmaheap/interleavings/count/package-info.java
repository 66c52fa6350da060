/** Races on the reference count, each with the outcomes that may be seen. */
package io.dmaheap.interleavings.count;
