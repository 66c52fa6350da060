package io.dmaheap.interleavings;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.RequestCheck;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.Platform;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** A handle is used and retained until it is closed, and its memory is released once and never used afterwards. */
public class BufferHandleModelTests {
    private static final Policy POLICY = Policy.read(Optional.empty(), Map.of());

    private final AtomicInteger released = new AtomicInteger();
    private final DmaBuf handle = allocate();
    private volatile boolean closed;

    private final class Watched implements Memory {
        @Override
        public long size() {
            return 4096;
        }

        @Override
        public MemoryInfo info() {
            if (released.get() != 0) {
                throw new AssertionError("used after release");
            }
            return MemoryInfo.NONE;
        }

        @Override
        public void release() {
            released.incrementAndGet();
        }
    }

    private static final class Nowhere implements Platform {
        @Override
        public String name() {
            return "nowhere";
        }

        @Override
        public long availableMemory() {
            return 1L << 30;
        }

        @Override
        public void close() {}
    }

    private DmaBuf allocate() {
        var platform = new Nowhere();
        var check = new RequestCheck(
                "heap",
                Traits.SYSTEM,
                POLICY.of("heap"),
                new MemoryBound(platform::availableMemory, 1),
                platform.pageSize());
        var problems = new Problems();
        var life = new LifeCalls("plugin", getClass().getClassLoader(), new CallLimit(POLICY.callLimit(), problems));
        var heap = new LiveHeap(
                new HeapSpec("heap", Traits.SYSTEM), life, request -> new Watched(), check, POLICY.aliases());
        var leaks = new LeakDetector(LeakDetection.SAMPLED, problems);
        return new Buffers(platform, new PlatformUse(platform), leaks).allocate(heap, AllocationRequest.of(1));
    }

    @Operation
    public boolean use() {
        try {
            return handle.info().size() == 4096;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Operation
    public boolean retainAndUse() {
        try (DmaBuf second = handle.retain()) {
            return second.info().size() == 4096;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Operation
    public void close() {
        handle.close();
        closed = true;
    }

    @Validate
    public void releasedOnceIfClosed() {
        if (released.get() != (closed ? 1 : 0)) {
            throw new AssertionError("released " + released + " times, closed: " + closed);
        }
    }

    /** The same without threads. */
    public static final class Sequential {
        private boolean closed;

        public boolean use() {
            return !closed;
        }

        public boolean retainAndUse() {
            return !closed;
        }

        public void close() {
            closed = true;
        }
    }

    @Test
    void isLinearizable() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(300)
                // A close among the first operations would leave nothing to race for.
                .actorsBefore(0)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Sequential.class)
                .check(BufferHandleModelTests.class);
    }
}
