package io.dmaheap.core.fake;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A heap on the fake platform. */
public final class FakeHeap implements HeapOps {
    /** What the heap knows. */
    public volatile long flags;
    /** How it says it is. */
    public volatile HeapStatus status = HeapStatus.UNKNOWN;
    /** Runs when it is asked for that. */
    public volatile Runnable onStatus = () -> {};
    /** How often it was closed. */
    public final AtomicInteger closed = new AtomicInteger();
    /** How often memory was asked for. */
    public final AtomicInteger asked = new AtomicInteger();
    /** Makes the memory. */
    public volatile Function<AllocationRequest, Memory> maker;

    private final FakePlatform platform;

    /** A heap whose calls fail as {@code platform.faults} says. */
    public FakeHeap(FakePlatform platform) {
        this.platform = platform;
        this.maker = request -> platform.memory(request.size());
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        asked.incrementAndGet();
        platform.faults.hit("allocate");
        return maker.apply(request);
    }

    @Override
    public long heapFlags() {
        platform.faults.hit("heapFlags");
        return flags;
    }

    @Override
    public HeapStatus status() {
        platform.faults.hit("status");
        onStatus.run();
        return status;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
        platform.faults.hit("close");
    }
}
