/** What people and programs read. */
package io.dmaheap.cli.output;
