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
import java.util.OptionalLong;

/**
 * Memory that fails on demand. What gives something back gives it back and fails afterwards; everything else fails instead of
 * happening.
 */
record FaultyMemory(Memory working, Faults faults) implements Memory {

    @Override
    public long size() {
        return faults.call(Callback.SIZE, working::size);
    }

    @Override
    public void release() {
        faults.runAnyway(Callback.RELEASE, working::release);
    }

    /** Devices attach to what the platform made; it would not know this wrapper. */
    @Override
    public Memory backing() {
        return working.backing();
    }

    @Override
    public MemoryInfo info() {
        return faults.call(Callback.INFO, working::info);
    }

    @Override
    public MemoryInfo peek() {
        return faults.call(Callback.INFO, working::peek);
    }

    @Override
    public Mapping map(Access access) {
        return new FaultyMapping(faults.call(Callback.MAP, () -> working.map(access)), faults);
    }

    @Override
    public void beginCpuAccess(Access access) {
        faults.run(Callback.BEGIN_CPU_ACCESS, () -> working.beginCpuAccess(access));
    }

    @Override
    public void endCpuAccess(Access access) {
        faults.runAnyway(Callback.END_CPU_ACCESS, () -> working.endCpuAccess(access));
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return faults.call(Callback.AWAIT_IDLE, () -> working.awaitIdle(access, timeout));
    }

    @Override
    public Fence exportFence(Access access) {
        return faults.call(Callback.EXPORT_FENCE, () -> working.exportFence(access));
    }

    @Override
    public void importFence(Fence fence, Access access) {
        faults.run(Callback.IMPORT_FENCE, () -> working.importFence(fence, access));
    }

    @Override
    public Optional<AccessList> accessList() {
        return faults.call(Callback.ACCESS_LIST, working::accessList);
    }

    @Override
    public OptionalLong secureHandle() {
        return faults.call(Callback.SECURE_HANDLE, working::secureHandle);
    }

    @Override
    public DmaBufFd exportFd() {
        return faults.call(Callback.EXPORT_FD, working::exportFd);
    }

    @Override
    public void setName(String name) {
        faults.run(Callback.SET_NAME, () -> working.setName(name));
    }

    private record FaultyMapping(Mapping working, Faults faults) implements Mapping {
        @Override
        public MemorySegment segment(Arena scope) {
            return faults.call(Callback.SEGMENT, () -> working.segment(scope));
        }

        @Override
        public void unmap() {
            faults.runAnyway(Callback.UNMAP, working::unmap);
        }
    }
}
