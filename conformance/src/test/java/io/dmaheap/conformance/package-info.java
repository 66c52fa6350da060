/**
 * Tests that see every room at once: {@link io.dmaheap.conformance.HouseRules} holds what each may read,
 * {@link io.dmaheap.conformance.BrokenHeaps} the heaps that the contract must find out, {@link io.dmaheap.conformance.ImporterTests} how heaps and devices of the emulated board get along.
 */
@NullMarked
package io.dmaheap.conformance;

import org.jspecify.annotations.NullMarked;
