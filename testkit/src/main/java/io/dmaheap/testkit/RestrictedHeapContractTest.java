package io.dmaheap.testkit;

/**
 * The contract of a restricted heap: that of any heap, where each test of CPU access checks the refusal, and what protection means:
 * the access list, the bus, descriptors that open nothing, exhaustion and recovery, buffers that outlive the framework.
 *
 * <p>What the contract cannot see from outside, a vendor's own tests must show: what happens when the secure world refuses, and that
 * memory is cleared before the normal world has it back.
 */
public abstract class RestrictedHeapContractTest extends HeapContractTest implements ProtectionContract {

    /** For subclasses, which need to say only which heap they are about. */
    protected RestrictedHeapContractTest() {}

    /** What the heap says of its pool, unless overridden for one that says nothing. */
    @Override
    public long capacity() {
        return heap().info()
                .total()
                .orElseThrow(() -> new AssertionError("the heap does not tell its size: override capacity()"));
    }
}
