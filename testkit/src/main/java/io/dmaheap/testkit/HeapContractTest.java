package io.dmaheap.testkit;

/**
 * The contract of a heap, as its callers see it. A heap of the real kernel, of the emulator and of a vendor all pass it unchanged;
 * one chapter is one interface of this package.
 *
 * <p>Where the contract depends on what the heap's {@linkplain io.dmaheap.Traits traits} promise, the tests look at the traits
 * and check the one side or the other: on a heap that the CPU cannot touch, each test of CPU access checks the refusal.
 *
 * <p>After every test the framework must hold nothing, and the process must have the file descriptors and mappings it had
 * before; and no operation of a plugin that must not fail, such as the release of a buffer, may have failed. The heap needs room for a buffer of 1 MiB; where it has more, up to 32 MiB are used.
 */
public abstract class HeapContractTest extends HeapUnderTest
        implements SizeContract,
                RequestContract,
                ZeroingContract,
                CpuAccessContract,
                HandleContract,
                ReturnContract,
                PlacementContract,
                NameContract,
                IdleContract,
                DescriptorContract,
                SharingContract,
                ConcurrencyContract {

    /** For subclasses, which need to say only which heap they are about. */
    protected HeapContractTest() {}
}
