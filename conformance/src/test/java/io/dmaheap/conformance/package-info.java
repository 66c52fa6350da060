/**
 * Tests that see every room at once: {@link io.dmaheap.conformance.HouseRules} holds what each may read,
 * {@link io.dmaheap.conformance.BrokenHeaps} the heaps that the contract must find out.
 */
@NullMarked
package io.dmaheap.conformance;

import org.jspecify.annotations.NullMarked;
