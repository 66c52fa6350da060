package io.dmaheap.core;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Traits;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A reference in the hands of a caller. The only object that finding a heap makes, and kept small for that reason: whether it is
 * watched for leaks is a matter of its class.
 */
sealed class HeapHandle implements Heap {
    /**
     * Changed under the lock of this, when a newer version of the plugin has taken the heap over. Read without: who reads the old one
     * finds it closed.
     */
    private LiveHeap heap;

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

    /** A handle with a reference of its own, or null if the heap is going away. */
    static @Nullable HeapHandle take(LiveHeap heap, Buffers buffers) {
        if (!heap.retain()) {
            return null;
        }
        try {
            return of(heap, buffers);
        } catch (RuntimeException | Error e) {
            heap.release();
            throw e;
        }
    }

    /** Gives the reference back. */
    void release() {
        heap.release();
    }

    private static final class Watched extends HeapHandle {
        private final Hold held;

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

        @Override
        void moved(LiveHeap next) {
            super.moved(next);
            held.heap = next;
        }
    }

    private static final class Hold extends LeakDetector.Held {
        private volatile LiveHeap heap;

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
        LiveHeap now = heap;
        while (!now.retain()) {
            Optional<LiveHeap> next = now.successor();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            now = next.get();
        }
        return Optional.of(of(now, buffers));
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
        LiveHeap now = heap;
        while (true) {
            try {
                return buffers.allocate(now, request);
            } catch (HeapException e) {
                if (e.code() != ErrorCode.HEAP_DRAINING || now.successor().isEmpty()) {
                    throw e;
                }
                now = now.successor().get();
                follow(now);
            }
        }
    }

    /** The plugin was replaced: lets the old version go and holds the new one, unless that is going away as well. */
    private void follow(LiveHeap next) {
        LiveHeap before;
        synchronized (this) {
            before = heap;
            if (closed || before == next || !next.retain()) {
                return;
            }
            moved(next);
        }
        before.release();
    }

    void moved(LiveHeap next) {
        heap = next;
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
