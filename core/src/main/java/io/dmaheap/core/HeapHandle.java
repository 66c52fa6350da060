package io.dmaheap.core;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Traits;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A reference in the hands of a caller. The only object that finding a heap makes, and kept small for that reason: whether it is
 * watched for leaks is a matter of its class.
 */
sealed class HeapHandle implements Heap {
    private final LiveHeap heap;
    private final Buffers buffers;
    /** Written once, under the lock of this. */
    private volatile boolean closed;

    private HeapHandle(LiveHeap heap, Buffers buffers) {
        this.heap = heap;
        this.buffers = buffers;
    }

    /** A handle for a reference that was taken before. */
    static HeapHandle of(LiveHeap heap, Buffers buffers) {
        return buffers.leaks().watchesEverything() ? new Watched(heap, buffers) : new HeapHandle(heap, buffers);
    }

    /** Gives the reference back. */
    void release() {
        heap.release();
    }

    private static final class Watched extends HeapHandle {
        private final LeakDetector.Held held;

        Watched(LiveHeap heap, Buffers buffers) {
            super(heap, buffers);
            this.held = new Hold(heap, buffers.leaks());
            held.watch(this);
        }

        @Override
        void release() {
            held.end();
            Reference.reachabilityFence(this);
        }
    }

    private static final class Hold extends LeakDetector.Held {
        private final LiveHeap heap;

        Hold(LiveHeap heap, LeakDetector leaks) {
            super(leaks, true);
            this.heap = heap;
        }

        @Override
        protected String what() {
            return "handle of the heap " + heap.name();
        }

        @Override
        protected String lane() {
            return heap.name();
        }

        @Override
        protected long bytes() {
            return 0;
        }

        @Override
        protected void release() {
            heap.release();
        }
    }

    /** One more reference to the same heap, unless it is going away. */
    Optional<Heap> again() {
        return heap.retain() ? Optional.of(of(heap, buffers)) : Optional.empty();
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
    public SortedMap<String, Long> bytesByClient() {
        checkOpen();
        return heap.bytesByClient();
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
        // A lock and not a compare-and-set: the compiler removes both lock and handle where the handle does not leave
        // the method,
        // so that finding and closing costs no more than counting up and down.
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        release();
    }

    @Override
    public String toString() {
        return "Heap " + heap.name() + (closed ? " (closed)" : "");
    }
}
