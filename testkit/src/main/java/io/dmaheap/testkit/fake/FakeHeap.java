package io.dmaheap.testkit.fake;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** A heap with a name: zeroed, mappable memory without file descriptors. It knows how much it gave out. */
public final class FakeHeap implements KernelHeap {
    private final String name;
    private final AtomicLong held = new AtomicLong();

    /** A heap of that name. */
    public FakeHeap(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        return FakeMemory.of(request.size(), held);
    }

    /** The bytes given out and not given back. */
    public long held() {
        return held.get();
    }
}
