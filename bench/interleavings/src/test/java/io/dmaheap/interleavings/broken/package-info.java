/** A count and a lock with the usual mistakes: prove that the races are found where they are. */
package io.dmaheap.interleavings.broken;
