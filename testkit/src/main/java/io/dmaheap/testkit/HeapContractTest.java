package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.Usage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The contract of a heap, as its callers see it. A heap of the real kernel, of the emulator and of a vendor all pass it unchanged;
 * one chapter is one interface of this package.
 *
 * <p>Where the contract depends on what the heap's {@linkplain io.dmaheap.Traits traits} promise, the tests look at the traits
 * and check the one side or the other: on a heap that the CPU cannot touch, each test of CPU access checks the refusal.
 *
 * <p>After every test the framework must hold nothing, and the process must have the file descriptors and mappings it had
 * before. The heap needs room for a buffer of 1 MiB; where it has more, up to 32 MiB are used.
 */
@ExtendWith(NoLeaks.class)
@Isolated("counts the file descriptors of the process")
@Timeout(120)
public abstract class HeapContractTest
        implements SizeContract,
                RequestContract,
                ZeroingContract,
                CpuAccessContract,
                HandleContract,
                NameContract,
                IdleContract,
                DescriptorContract,
                SharingContract,
                ConcurrencyContract {

    private @Nullable Heaps heaps;
    private @Nullable Heap heap;

    /** For subclasses, which need to say only which heap they are about. */
    protected HeapContractTest() {}

    /** The name of the heap to test. */
    protected abstract String heapName();

    /** Opens the heaps anew for each test; {@link Heaps#open()} unless overridden. */
    protected Heaps openHeaps() {
        return Heaps.open();
    }

    @Override
    public final Heaps heaps() {
        return Subject.present(heaps);
    }

    @Override
    public final Heap heap() {
        return Subject.present(heap);
    }

    @BeforeEach
    final void openTheHeap() {
        var opened = openHeaps();
        heaps = opened;
        heap = opened.find(heapName())
                .orElseThrow(() -> new AssertionError(
                        "no heap " + heapName() + " among " + opened.heaps() + ", problems: " + opened.problems()));
    }

    @AfterEach
    final void nothingIsHeldWhenEverythingIsClosed() {
        if (heap != null) {
            heap.close();
        }
        if (heaps != null) {
            Usage left = heaps.usage();
            heaps.close();
            assertThat(left).as("held after everything was closed").isEqualTo(Usage.NONE);
        }
    }
}
