package io.dmaheap.core;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Traits;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A reference in the hands of a caller. The only object that finding a heap makes. */
final class HeapHandle implements Heap {
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(HeapHandle.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LiveHeap heap;
    private final Buffers buffers;
    private final LeakDetector leaks;
    private final LeakDetector.@Nullable Watch watch;
    private volatile boolean closed;

    /** A handle for a reference that was taken before; every so often one that is watched for leaks. */
    HeapHandle(LiveHeap heap, Buffers buffers, LeakDetector leaks) {
        this.heap = heap;
        this.buffers = buffers;
        this.leaks = leaks;
        this.watch = leaks.sampled() ? leaks.watch(this, new Hold(heap), true) : null;
    }

    private record Hold(LiveHeap heap) implements LeakDetector.Held {
        @Override
        public String what() {
            return "handle of the heap " + heap.name();
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void release() {
            heap.release();
        }
    }

    /** One more reference to the same heap, unless it is going away. */
    Optional<Heap> again() {
        return heap.retain() ? Optional.of(new HeapHandle(heap, buffers, leaks)) : Optional.empty();
    }

    @Override
    public String name() {
        return heap.name();
    }

    @Override
    public Traits traits() {
        return heap.traits();
    }

    @Override
    public HeapInfo info() {
        checkOpen();
        return heap.info();
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) {
        checkOpen();
        return buffers.allocate(heap, request);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this handle of the heap " + heap.name() + " is closed");
        }
    }

    @Override
    public void close() {
        if (CLOSED.compareAndSet(this, false, true)) {
            if (watch == null) {
                heap.release();
            } else {
                watch.end();
                Reference.reachabilityFence(this);
            }
        }
    }

    @Override
    public String toString() {
        return "Heap " + heap.name() + (closed ? " (closed)" : "");
    }
}
