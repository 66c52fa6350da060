/** The command as its users see it: words in, words and an exit status out. */
package io.dmaheap.cli;
