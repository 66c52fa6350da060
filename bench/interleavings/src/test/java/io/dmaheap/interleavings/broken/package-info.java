/** A count with the usual mistake: proves that the races are found where they are. */
package io.dmaheap.interleavings.broken;
