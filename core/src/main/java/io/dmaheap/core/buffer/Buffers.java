package io.dmaheap.core.buffer;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.Buffer.Identity;
import io.dmaheap.core.event.AllocateEvent;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.PluginMemory;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import java.lang.invoke.VarHandle;
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
    private final OwnBuffers own = new OwnBuffers();
    /** Buffers that others may come back with: those of ours that have a descriptor, as far as it was asked for, and those imported. */
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

    /**
     * Allocates from a heap. Whatever is made for the buffer is made before the plugin is asked, so that running out of memory or stack
     * afterwards loses nothing.
     */
    public DmaBuf allocate(LiveHeap heap, AllocationRequest request) {
        var event = AllocateEvent.started();
        BufferHandle handle = null;
        try {
            var buffer = new Buffer(
                    new Source.OfHeap(heap, request.access(), request.client(), !request.exportable()), this);
            handle = new BufferHandle(buffer, this);
            handle.own();
            PluginMemory memory = heap.unfilled();
            buffer.memory = memory;
            heap.fill(memory, request);
            buffer.size = memory.size();
            own.enter(buffer);
            handle.count();
            // As if the memory were a final field: the handle may reach another thread through a race.
            VarHandle.releaseFence();
            event.ended(heap.name(), request.size(), request.client().orElse(null), null);
            return handle;
        } catch (Throwable e) {
            if (handle != null) {
                handle.abandon();
            }
            event.ended(heap.name(), request.size(), request.client().orElse(null), e);
            throw e;
        }
    }

    /** Takes in a descriptor; the same buffer again if it is known. */
    public DmaBuf importFd(int fd) {
        var source = new Imported(platformUse, ledger);
        Buffer buffer;
        try {
            buffer = recognise(source, source.take(platform, fd));
        } catch (RuntimeException | Error e) {
            source.begin();
            throw e;
        }
        if (buffer.source != source) {
            source.begin();
        }
        return BufferHandle.owning(buffer, this);
    }

    /** The buffer behind the memory, with a reference taken: one that is known, or a new one around {@code memory}. */
    private Buffer recognise(Imported source, ImportedMemory memory) {
        Identity identity = Identity.of(memory.info());
        boolean looked = false;
        while (true) {
            Buffer existing = identity == null ? null : known.get(identity);
            if (existing != null) {
                if (existing.retain()) {
                    return existing;
                }
                known.remove(identity, existing);
            } else if (identity != null && !looked) {
                identifyOwn();
                looked = true;
            } else {
                Buffer imported = imported(source, memory, identity);
                if (identity == null || known.putIfAbsent(identity, imported) == null) {
                    source.count(imported.size);
                    return imported;
                }
            }
        }
    }

    /** A descriptor of ours can be had without exporting, such as by its number in {@code /proc/PID/fd}. */
    private void identifyOwn() {
        for (Buffer buffer : own.all()) {
            if (buffer.retain()) {
                try {
                    buffer.identify();
                } finally {
                    buffer.release();
                }
            }
        }
    }

    private Buffer imported(Imported source, ImportedMemory memory, @Nullable Identity identity) {
        var buffer = new Buffer(source, this);
        buffer.memory = memory;
        buffer.size = memory.size();
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
        own.leave(buffer);
        if (identity != null) {
            known.remove(identity, buffer);
        }
    }
}
