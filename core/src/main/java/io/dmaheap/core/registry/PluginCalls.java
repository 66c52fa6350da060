package io.dmaheap.core.registry;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.Memory;

/** Calls into a plugin whose word is not taken for granted. */
final class PluginCalls {
    private PluginCalls() {}

    /** Allocates, and turns every breach of the contract into {@link ErrorCode#PLUGIN_FAILED}. */
    static Memory allocate(LiveHeap heap, HeapOps ops, AllocationRequest request) {
        Memory memory;
        try {
            memory = ops.allocate(request);
        } catch (HeapException | VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw failed(heap, "threw " + e, e);
        }
        if (memory == null) {
            throw failed(heap, "returned null", null);
        }
        try {
            if (memory.size() < request.size()) {
                throw failed(
                        heap, "gave " + memory.size() + " bytes where " + request.size() + " were asked for", null);
            }
            if (request.name().isPresent()) {
                memory.setName(request.name().get());
            }
            return memory;
        } catch (RuntimeException | Error e) {
            memory.release();
            throw e instanceof HeapException refused ? refused : failed(heap, "threw " + e, e);
        }
    }

    private static HeapException failed(LiveHeap heap, String how, @org.jspecify.annotations.Nullable Throwable cause) {
        return HeapException.of(
                        ErrorCode.PLUGIN_FAILED, "the plugin " + heap.plugin() + " broke its contract: it " + how)
                .heap(heap.name())
                .operation("allocate")
                .hint("Report this to the vendor of the plugin; `dmaheap plugin list` says who that is")
                .cause(cause)
                .build();
    }
}
