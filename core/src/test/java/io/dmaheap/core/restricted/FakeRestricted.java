package io.dmaheap.core.restricted;

import io.dmaheap.AllocationRequest;
import io.dmaheap.core.fake.FakeMemory;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A vendor's heap that tells its steps to the platform's faults, fails where they say, and remembers what it has not got back. */
final class FakeRestricted implements RestrictedHeapOps<FakeMemory> {
    final List<FakeMemory> kept = new CopyOnWriteArrayList<>();
    volatile boolean initialisingAtOnce;
    private final AtomicInteger initialising = new AtomicInteger();
    private final FakePlatform platform;

    FakeRestricted(FakePlatform platform) {
        this.platform = platform;
    }

    @Override
    public void init() {
        initialisingAtOnce |= initialising.incrementAndGet() > 1;
        Thread.yield();
        try {
            platform.faults.hit("init");
        } finally {
            initialising.decrementAndGet();
        }
    }

    @Override
    public FakeMemory alloc(AllocationRequest request) {
        platform.faults.hit("alloc");
        FakeMemory memory = platform.memory(request.size());
        kept.add(memory);
        return memory;
    }

    @Override
    public void free(FakeMemory memory) {
        kept.remove(memory);
        memory.release();
        platform.faults.hit("free");
    }

    @Override
    public void restrict(FakeMemory memory) {
        platform.faults.hit("restrict");
    }

    @Override
    public void unrestrict(FakeMemory memory) {
        platform.faults.hit("unrestrict");
    }

    @Override
    public void close() {
        platform.faults.hit("closed");
    }
}
