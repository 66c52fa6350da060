package io.dmaheap.core.buffer;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.Buffer.Identity;
import io.dmaheap.core.event.AllocateEvent;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.Platform;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes buffers: allocates them, takes them in, and recognises those that come back. */
public final class Buffers {
    private final Platform platform;
    private final PlatformUse platformUse;
    private final LeakDetector leaks;
    private final Ledger ledger = new Ledger();
    /** Buffers that others may come back with: those exported once, and those imported. */
    private final ConcurrentHashMap<Identity, Buffer> known = new ConcurrentHashMap<>();

    /** No buffers yet. */
    public Buffers(Platform platform, PlatformUse platformUse, LeakDetector leaks) {
        this.platform = platform;
        this.platformUse = platformUse;
        this.leaks = leaks;
    }

    /** What is open. */
    public Ledger ledger() {
        return ledger;
    }

    /** Allocates from a heap. */
    public DmaBuf allocate(LiveHeap heap, AllocationRequest request) {
        var event = AllocateEvent.started();
        String error = null;
        try {
            Memory memory = heap.allocate(request);
            var source = new Source.OfHeap(heap, request.access(), request.client());
            return handle(new Buffer(memory, source, this));
        } catch (HeapException e) {
            error = e.code().name();
            throw e;
        } finally {
            event.ended(heap.name(), request.size(), request.client().orElse(null), error);
        }
    }

    /** Takes in a descriptor; the same buffer again if it is known. */
    public DmaBuf importFd(int fd) {
        platformUse.retain();
        try {
            return handle(recognise(platform.importFd(fd)));
        } finally {
            platformUse.release();
        }
    }

    /** The buffer behind the memory, with a reference taken: one that is known, or a new one. */
    private Buffer recognise(ImportedMemory memory) {
        MemoryInfo info = memory.info();
        var identity = new Identity(info.device(), info.inode());
        while (true) {
            Buffer existing = known.get(identity);
            if (existing == null) {
                Buffer imported = imported(memory, identity);
                if (known.putIfAbsent(identity, imported) == null) {
                    platformUse.retain();
                    ledger.importedBuffers.increment();
                    ledger.importedBytes.add(memory.size());
                    return imported;
                }
            } else if (existing.retain()) {
                memory.release();
                return existing;
            } else {
                known.remove(identity, existing);
            }
        }
    }

    private Buffer imported(ImportedMemory memory, Identity identity) {
        long size = memory.size();
        var source = new Source.Imported(memory.traits(), () -> {
            ledger.importedBuffers.decrement();
            ledger.importedBytes.add(-size);
            platformUse.release();
        });
        var buffer = new Buffer(memory, source, this);
        buffer.identifiedBy(identity);
        return buffer;
    }

    /** One more handle for a reference that was taken before. */
    DmaBuf handle(Buffer buffer) {
        ledger.handles.increment();
        return new BufferHandle(buffer, this, leaks);
    }

    /** Lets imports of the exported buffer find it. */
    @Nullable
    Identity remember(MemoryInfo info, Buffer buffer) {
        if (info.inode() == 0) {
            return null;
        }
        var identity = new Identity(info.device(), info.inode());
        known.putIfAbsent(identity, buffer);
        return identity;
    }

    void forget(@Nullable Identity identity, Buffer buffer) {
        if (identity != null) {
            known.remove(identity, buffer);
        }
    }
}
