/** What core's concurrent parts do under every order of steps. */
package io.dmaheap.interleavings;
