package io.dmaheap.core.buffer;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.Buffer.Identity;
import io.dmaheap.core.event.AllocateEvent;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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

    /** Watches handles. */
    public LeakDetector leaks() {
        return leaks;
    }

    /** What is open. */
    public Ledger ledger() {
        return ledger;
    }

    /** Allocates from a heap. */
    public DmaBuf allocate(LiveHeap heap, AllocationRequest request) {
        var event = AllocateEvent.started();
        Throwable thrown = null;
        try {
            Memory memory = heap.allocate(request);
            return handle(new Buffer(
                    memory, new Source.OfHeap(heap, request.access(), request.client(), !request.exportable()), this));
        } catch (RuntimeException | Error e) {
            thrown = e;
            throw e;
        } finally {
            event.ended(heap.name(), request.size(), request.client().orElse(null), thrown);
        }
    }

    /** Takes in a descriptor; the same buffer again if it is known. */
    public DmaBuf importFd(int fd) {
        platformUse.retain();
        ImportedMemory memory = null;
        Buffer buffer = null;
        try {
            memory = platform.importFd(fd);
            buffer = recognise(memory);
        } finally {
            // A new buffer owns the memory and the use of the platform from now on.
            if (buffer == null || buffer.memory != memory) {
                if (memory != null) {
                    Source.giveBack(memory);
                }
                platformUse.release();
            }
        }
        return handle(buffer);
    }

    /** The buffer behind the memory, with a reference taken: one that is known, or a new one around {@code memory}. */
    private Buffer recognise(ImportedMemory memory) {
        Identity identity = Identity.of(memory.info());
        while (true) {
            Buffer existing = identity == null ? null : known.get(identity);
            if (existing == null) {
                Buffer imported = imported(memory, identity);
                if (identity == null || known.putIfAbsent(identity, imported) == null) {
                    ledger.importedBuffers.increment();
                    ledger.importedBytes.add(imported.size);
                    return imported;
                }
            } else if (existing.retain()) {
                return existing;
            } else {
                known.remove(identity, existing);
            }
        }
    }

    private Buffer imported(ImportedMemory memory, @Nullable Identity identity) {
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

    /** Takes a reference to the buffer behind a handle of these heaps. */
    public PinnedBuffer pin(DmaBuf buffer) {
        Objects.requireNonNull(buffer, "buffer");
        if (!(buffer instanceof BufferHandle handle)) {
            throw new IllegalArgumentException("not a buffer of these heaps: " + buffer);
        }
        return handle.pin();
    }

    /** The device of that name. */
    PlatformDevice device(String name) {
        return platform.devices().stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .orElseThrow(() -> HeapException.of(ErrorCode.INVALID_NAME, "there is no device " + name)
                        .errno("ENODEV")
                        .hint("There is "
                                + platform.devices().stream()
                                        .map(PlatformDevice::name)
                                        .collect(Collectors.joining(", ", "[", "]")))
                        .build());
    }

    /** One more handle for a reference that was taken before; it is dropped if that fails. */
    DmaBuf handle(Buffer buffer) {
        try {
            var handle = new BufferHandle(buffer, this);
            ledger.handles.increment();
            return handle;
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    /** Lets imports of the exported buffer find it. */
    @Nullable
    Identity remember(MemoryInfo info, Buffer buffer) {
        Identity identity = Identity.of(info);
        if (identity != null) {
            known.putIfAbsent(identity, buffer);
        }
        return identity;
    }

    void forget(@Nullable Identity identity, Buffer buffer) {
        if (identity != null) {
            known.remove(identity, buffer);
        }
    }
}
