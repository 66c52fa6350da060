package io.dmaheap.emulator;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of the emulated machine, as a count: page-scattered memory has no addresses that anybody could ask for. Exact at any
 * moment, and without locks, so that threads that allocate meet only in one compare-and-set.
 */
final class Dram {
    private final long size;
    private final AtomicLong free;

    Dram(long size) {
        this.size = size;
        this.free = new AtomicLong(size);
    }

    long size() {
        return size;
    }

    long free() {
        return free.get();
    }

    /**
     * Takes bytes.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}; then nothing is taken
     */
    void take(long bytes) {
        long before;
        do {
            before = free.get();
            if (bytes > before) {
                throw HeapException.of(
                                ErrorCode.OUT_OF_MEMORY,
                                "the emulated machine has " + before + " of its " + size + " bytes left, not " + bytes)
                        .errno("ENOMEM")
                        .hint("Close buffers, or give it more with platform.emulator.memory in the policy file")
                        .build();
            }
        } while (!free.compareAndSet(before, before - bytes));
    }

    void giveBack(long bytes) {
        free.addAndGet(bytes);
    }
}
