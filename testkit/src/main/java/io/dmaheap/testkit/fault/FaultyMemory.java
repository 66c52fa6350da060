package io.dmaheap.testkit.fault;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/**
 * Memory that fails on demand. What gives something back gives it back and fails afterwards; everything else fails instead of
 * happening.
 */
record FaultyMemory(Memory working, Faults faults) implements Memory {

    @Override
    public long size() {
        faults.reach(Callback.SIZE);
        return working.size();
    }

    @Override
    public void release() {
        working.release();
        faults.reach(Callback.RELEASE);
    }

    /** Devices attach to what the platform made; it would not know this wrapper. */
    @Override
    public Memory backing() {
        return working.backing();
    }

    @Override
    public MemoryInfo info() {
        faults.reach(Callback.INFO);
        return working.info();
    }

    @Override
    public Mapping map(Access access) {
        faults.reach(Callback.MAP);
        return new FaultyMapping(working.map(access), faults);
    }

    @Override
    public void beginCpuAccess(Access access) {
        faults.reach(Callback.BEGIN_CPU_ACCESS);
        working.beginCpuAccess(access);
    }

    @Override
    public void endCpuAccess(Access access) {
        working.endCpuAccess(access);
        faults.reach(Callback.END_CPU_ACCESS);
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        faults.reach(Callback.AWAIT_IDLE);
        return working.awaitIdle(access, timeout);
    }

    @Override
    public Fence exportFence(Access access) {
        faults.reach(Callback.EXPORT_FENCE);
        return working.exportFence(access);
    }

    @Override
    public void importFence(Fence fence, Access access) {
        faults.reach(Callback.IMPORT_FENCE);
        working.importFence(fence, access);
    }

    @Override
    public Optional<AccessList> accessList() {
        faults.reach(Callback.ACCESS_LIST);
        return working.accessList();
    }

    @Override
    public DmaBufFd exportFd() {
        faults.reach(Callback.EXPORT_FD);
        return working.exportFd();
    }

    @Override
    public void setName(String name) {
        faults.reach(Callback.SET_NAME);
        working.setName(name);
    }

    private record FaultyMapping(Mapping working, Faults faults) implements Mapping {
        @Override
        public MemorySegment segment(Arena scope) {
            faults.reach(Callback.SEGMENT);
            return working.segment(scope);
        }

        @Override
        public void unmap() {
            working.unmap();
            faults.reach(Callback.UNMAP);
        }
    }
}
