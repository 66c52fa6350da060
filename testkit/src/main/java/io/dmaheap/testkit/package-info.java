/**
 * The contract of a heap as tests, and the check that nothing leaks.
 *
 * {@snippet :
 * class AcmeVideoHeapTests extends HeapContractTest {
 *     @Override
 *     protected String heapName() {
 *         return "acme-video";
 *     }
 * }
 * }
 */
@NullMarked
package io.dmaheap.testkit;

import org.jspecify.annotations.NullMarked;
