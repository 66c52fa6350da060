/** Workloads: what they ask for, whether they repeat, and whether the player notices what goes wrong. */
package io.dmaheap.cli.map;
