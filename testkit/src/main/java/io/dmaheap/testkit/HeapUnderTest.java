package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Opens the heap before each test, and looks afterwards for what was left behind. */
@ExtendWith(NoLeaks.class)
@Isolated("counts the file descriptors of the process")
@Timeout(120)
abstract class HeapUnderTest implements Subject {
    private @Nullable Heaps heaps;
    private @Nullable Heap heap;
    private List<Problem> atFirst = List.of();

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
        atFirst = opened.problems();
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
            List<Problem> problems = new ArrayList<>(heaps.problems());
            atFirst.forEach(problems::remove);
            assertThat(problems).as("problems that the test caused").isEmpty();
        }
    }
}
