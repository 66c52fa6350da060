package io.dmaheap.heaps.cma;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;
import java.util.function.Consumer;

/** A buffer of a region, which tells its heap when it ends. */
final class AreaMemory extends ForwardingMemory {
    private final long frame;
    private final Consumer<AreaMemory> released;
    private volatile String holder;

    /** Memory of the region, at the page {@code frame}; {@code released} is called when it was given back. */
    AreaMemory(Memory memory, long frame, AllocationRequest request, Consumer<AreaMemory> released) {
        super(memory);
        this.frame = frame;
        this.released = released;
        this.holder = request.name().or(request::client).orElse("unnamed");
    }

    long frame() {
        return frame;
    }

    /** What people call the one who holds it: the label, else the client. */
    String holder() {
        return holder;
    }

    @Override
    public void setName(String name) {
        super.setName(name);
        holder = name;
    }

    /** In this order: nobody may be given the pages while the platform has them for taken. */
    @Override
    public void release() {
        super.release();
        released.accept(this);
    }
}
