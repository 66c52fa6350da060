/**
 * The contract of a heap as tests, the contract between a heap and a device that imports its buffers, and the check that nothing
 * leaks.
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
