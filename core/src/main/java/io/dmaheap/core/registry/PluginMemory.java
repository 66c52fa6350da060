package io.dmaheap.core.registry;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.core.life.End;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one buffer, and what the heap counts for it. It is made before the plugin is asked, and its end takes back what was
 * done until then: for an allocation that fails on the way as for a buffer that is closed.
 *
 * <p>The plugin's memory is called with care: it fails with a {@link io.dmaheap.HeapException} only, it never returns null, what
 * must not fail does not, and its size is asked for once. What every buffer goes through is written out instead of passed as an object,
 * so that the compiler can see through it.
 */
public final class PluginMemory extends End implements Memory {
    /** A heap may round up, to a large page or to a power of two; more is no buffer but a mistake, and would be counted as taken. */
    private static final long LARGEST_PAGE = 32 << 20;

    /** An object that is given for two buffers would be closed under the one when the other is done with it. */
    private static final GivenObjects DESCRIPTORS = new GivenObjects();

    private final LiveHeap heap;
    private final PluginCalls calls;

    /** Set once, by the allocation. */
    @SuppressWarnings("NullAway.Init")
    private Memory memory;

    private long size;

    /** What is due at the end; each is set and cleared right after the step that it stands for, without a call between. */
    private boolean held;

    private boolean admitted;
    private long ofTotal;
    private @Nullable Account client;
    private long ofClient;
    private boolean counted;
    /** A reference to the heap; set by the heap when it has taken one. */
    boolean pinned;

    private boolean idle;
    private boolean last;

    PluginMemory(LiveHeap heap, PluginCalls calls) {
        this.heap = heap;
        this.calls = calls;
    }

    /** Counts as a buffer; gives the count before. */
    long count() {
        long before = heap.count(1);
        counted = true;
        return before;
    }

    /** Counts for the client. */
    void reserveForClient(Accounts accounts, Optional<String> name, long bytes) {
        client = accounts.reserveForClient(name, bytes);
        ofClient = bytes;
    }

    /** Counts for the heap, asks the plugin and labels. What this takes is given back if it fails. */
    void take(Accounts accounts, HeapOps ops, AllocationRequest request, int pageSize) {
        accounts.reserve(request.size());
        ofTotal = request.size();
        try {
            fill(ops, request, pageSize);
        } catch (RuntimeException | Error e) {
            giveBack();
            throw e;
        }
        heap.gave(size);
        admitted = true;
        long more = size - ofTotal;
        if (more != 0) {
            accounts.add(more);
            ofTotal = size;
        }
        Account ofRequest = client;
        if (more != 0 && ofRequest != null) {
            ofRequest.add(more);
            ofClient = size;
        }
    }

    private void fill(HeapOps ops, AllocationRequest request, int pageSize) {
        ask(ops, request);
        size = sizeOf(memory);
        if (size < request.size()) {
            throw calls.broken("allocate", "gave " + size + " bytes where " + request.size() + " were asked for", null);
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
        request.name().ifPresent(this::setName);
    }

    private void ask(HeapOps ops, AllocationRequest request) {
        Memory given;
        try {
            given = ops.allocate(request);
        } catch (Throwable e) {
            throw calls.translated("allocate", e);
        }
        if (given == null) {
            throw calls.broken("allocate", "returned null", null);
        }
        memory = given;
        held = true;
        if (!GivenMemory.claim(given)) {
            held = false; // it is, or was, the memory of another buffer, and not to be released for this one
            throw calls.broken("allocate", "gave memory that it had given before", null);
        }
        if (given instanceof OneShotMemory oneShot) {
            oneShot.onSecondRelease(calls.secondRelease());
        }
    }

    private long sizeOf(Memory given) {
        try {
            return given.size();
        } catch (Throwable e) {
            throw calls.translated("size", e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    /** Gives back what one attempt to allocate took; another may follow. */
    private void giveBack() {
        releaseMemory();
        if (ofTotal != 0) {
            heap.accounts().add(-ofTotal);
            ofTotal = 0;
        }
    }

    private void releaseMemory() {
        if (!held) {
            return;
        }
        try {
            memory.release();
        } catch (StackOverflowError e) {
            requireRoom();
            calls.failed("release", e);
        } catch (Throwable e) {
            calls.failed("release", e);
        }
        held = false;
    }

    @Override
    protected void carryOut() {
        boolean gave = held || admitted;
        giveBack();
        if (admitted) {
            heap.returned(size);
            admitted = false;
        }
        Account ofRequest = client;
        if (ofRequest != null) {
            ofRequest.add(-ofClient);
            client = null;
        }
        if (gave) {
            heap.freed();
        }
        if (counted) {
            idle = heap.count(-1) == 1;
            counted = false;
        }
        if (idle) {
            heap.idle();
            idle = false;
        }
        if (pinned) {
            last = heap.drop();
            pinned = false;
        }
        if (last) {
            heap.ending().begin();
            last = false;
        }
    }

    /** Ends it. */
    @Override
    public void release() {
        begin();
    }

    @Override
    public Memory backing() {
        return calls.call("backing", memory::backing);
    }

    @Override
    public MemoryInfo peek() {
        return calls.call("peek", memory::peek);
    }

    @Override
    public MemoryInfo info() {
        return calls.call("info", memory::info);
    }

    @Override
    public Mapping map(Access access) {
        return new PluginMapping(calls.call("map", () -> memory.map(access)), access);
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
        DmaBufFd given = calls.call("exportFd", memory::exportFd);
        try {
            given.number();
        } catch (IllegalStateException e) {
            throw calls.broken("exportFd", "gave a file descriptor that it had closed or given away", e);
        }
        if (!DESCRIPTORS.claim(given)) {
            // Left open: it belongs to who has it already.
            throw calls.broken("exportFd", "gave a file descriptor that it had given before", null);
        }
        return given;
    }

    @Override
    public void setName(String name) {
        calls.run("setName", () -> memory.setName(name));
    }

    private final class PluginMapping implements Mapping {
        private final Mapping mapping;
        private final Access access;

        PluginMapping(Mapping mapping, Access access) {
            this.mapping = mapping;
            this.access = access;
        }

        @Override
        public MemorySegment segment(Arena scope) {
            MemorySegment whole = calls.call("segment", () -> mapping.segment(scope));
            if (whole.byteSize() != size) {
                throw calls.broken("segment", "mapped " + whole.byteSize() + " bytes of " + size, null);
            }
            if (!whole.scope().equals(scope.scope())) {
                throw calls.broken("segment", "gave a segment that does not live as long as the access", null);
            }
            if (access.writes() && whole.isReadOnly()) {
                throw calls.broken("segment", "gave a read-only segment of a mapping for " + access, null);
            }
            return whole;
        }

        @Override
        public void unmap() {
            try {
                mapping.unmap();
            } catch (StackOverflowError e) {
                requireRoom();
                calls.failed("unmap", e);
            } catch (Throwable e) {
                calls.failed("unmap", e);
            }
        }
    }
}
