package io.dmaheap.core.registry;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The memory that a plugin gave, called with care: it fails with a {@link io.dmaheap.HeapException} only, it never returns null, what
 * must not fail does not, and its size is asked for once. What every buffer goes through is written out instead of passed as an object,
 * so that the compiler can see through it.
 */
final class PluginMemory implements Memory {
    /** A heap may round up, to a large page or to a power of two; more is no buffer but a mistake, and would be counted as taken. */
    private static final long LARGEST_PAGE = 32 << 20;

    private final PluginCalls calls;
    private final Memory memory;
    private final long size;

    private PluginMemory(PluginCalls calls, Memory memory, long size) {
        this.calls = calls;
        this.memory = memory;
        this.size = size;
    }

    /** Allocates and labels. If the plugin breaks its contract in doing so, it gets its memory back. */
    static PluginMemory allocate(PluginCalls calls, HeapOps ops, AllocationRequest request, int pageSize) {
        Memory memory = memory(calls, ops, request);
        try {
            long size = size(calls, memory);
            if (size < request.size()) {
                throw calls.broken(
                        "allocate", "gave " + size + " bytes where " + request.size() + " were asked for", null);
            }
            if (size % pageSize != 0) {
                throw calls.broken("allocate", "gave " + size + " bytes, which are no whole pages", null);
            }
            if (size - request.size() > Math.max(request.size(), LARGEST_PAGE)) {
                throw calls.broken(
                        "allocate",
                        "says that it gave " + size + " bytes where " + request.size() + " were asked for",
                        null);
            }
            var guarded = new PluginMemory(calls, memory, size);
            request.name().ifPresent(guarded::setName);
            return guarded;
        } catch (RuntimeException | Error e) {
            calls.quietly("release", memory::release);
            throw e;
        }
    }

    private static Memory memory(PluginCalls calls, HeapOps ops, AllocationRequest request) {
        Memory memory;
        try {
            memory = ops.allocate(request);
        } catch (Throwable e) {
            throw calls.translated("allocate", e);
        }
        if (memory == null) {
            throw calls.broken("allocate", "returned null", null);
        }
        return memory;
    }

    private static long size(PluginCalls calls, Memory memory) {
        try {
            return memory.size();
        } catch (Throwable e) {
            throw calls.translated("size", e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void release() {
        try {
            memory.release();
        } catch (Throwable e) {
            calls.failed("release", e);
        }
    }

    @Override
    public Memory backing() {
        return calls.call("backing", memory::backing);
    }

    @Override
    public MemoryInfo info() {
        return calls.call("info", memory::info);
    }

    @Override
    public Mapping map(Access access) {
        return new PluginMapping(calls.call("map", () -> memory.map(access)));
    }

    @Override
    public void beginCpuAccess(Access access) {
        calls.run("beginCpuAccess", () -> memory.beginCpuAccess(access));
    }

    @Override
    public void endCpuAccess(Access access) {
        calls.run("endCpuAccess", () -> memory.endCpuAccess(access));
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return calls.call("awaitIdle", () -> memory.awaitIdle(access, timeout));
    }

    @Override
    public Fence exportFence(Access access) {
        return calls.call("exportFence", () -> memory.exportFence(access));
    }

    @Override
    public void importFence(Fence fence, Access access) {
        calls.run("importFence", () -> memory.importFence(fence, access));
    }

    @Override
    public Optional<AccessList> accessList() {
        return calls.call("accessList", memory::accessList);
    }

    @Override
    public OptionalLong secureHandle() {
        return calls.call("secureHandle", memory::secureHandle);
    }

    @Override
    public DmaBufFd exportFd() {
        return calls.call("exportFd", memory::exportFd);
    }

    @Override
    public void setName(String name) {
        calls.run("setName", () -> memory.setName(name));
    }

    private final class PluginMapping implements Mapping {
        private final Mapping mapping;

        PluginMapping(Mapping mapping) {
            this.mapping = mapping;
        }

        @Override
        public MemorySegment segment(Arena scope) {
            MemorySegment whole = calls.call("segment", () -> mapping.segment(scope));
            if (whole.byteSize() != size) {
                throw calls.broken("segment", "mapped " + whole.byteSize() + " bytes of " + size, null);
            }
            return whole;
        }

        @Override
        public void unmap() {
            calls.quietly("unmap", mapping::unmap);
        }
    }
}
