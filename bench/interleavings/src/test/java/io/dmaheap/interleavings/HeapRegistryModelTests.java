package io.dmaheap.interleavings;

import io.dmaheap.Traits;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.RequestCheck;
import io.dmaheap.spi.HeapSpec;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Finding, adding, replacing and draining look as if each happened at one moment; one plugin adds, replaces and drains while others find.
 */
public class HeapRegistryModelTests {
    private static final Policy POLICY = Policy.read(Optional.empty(), Map.of());
    private static final LifeCalls LIFE = new LifeCalls(
            "plugin", HeapRegistryModelTests.class.getClassLoader(), new CallLimit(POLICY.callLimit(), new Problems()));

    private final HeapRegistry registry = new HeapRegistry(POLICY.aliases());
    private LiveHeap current;
    private final AtomicInteger drained = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();

    private LiveHeap heap() {
        var check =
                new RequestCheck("heap", Traits.SYSTEM, POLICY.of("heap"), new MemoryBound(() -> 1L << 30, 1), 4096);
        return new LiveHeap(
                new HeapSpec("heap", Traits.SYSTEM),
                LIFE,
                request -> {
                    throw new AssertionError("nothing is allocated here");
                },
                check,
                POLICY.aliases());
    }

    /** Adds a heap, in place of one of an older version if there is one. */
    @Operation(nonParallelGroup = "plugin")
    public boolean add() {
        LiveHeap before = current;
        current = heap();
        registry.add(current);
        if (before == null) {
            return true;
        }
        drained.incrementAndGet();
        registry.drain(before, gone::incrementAndGet);
        return false;
    }

    @Operation(nonParallelGroup = "plugin")
    public boolean drain() {
        if (current == null) {
            return false;
        }
        drained.incrementAndGet();
        registry.drain(current, gone::incrementAndGet);
        current = null;
        return true;
    }

    @Operation
    public boolean find() {
        LiveHeap heap = registry.find("heap");
        if (heap == null) {
            return false;
        }
        heap.release();
        return true;
    }

    @Validate
    public void everyDrainedHeapEndedOnce() {
        if (drained.get() != gone.get() || registry.all().size() > 1) {
            throw new AssertionError(drained + " drained, " + gone + " gone, " + registry.all());
        }
    }

    /** The same without threads. */
    public static final class Sequential {
        private final Set<String> heaps = new HashSet<>();

        public boolean add() {
            return heaps.add("heap");
        }

        public boolean drain() {
            return heaps.remove("heap");
        }

        public boolean find() {
            return heaps.contains("heap");
        }
    }

    @Test
    void isLinearizable() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Sequential.class)
                .check(HeapRegistryModelTests.class);
    }
}
