package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.time.Duration;

/**
 * Memory that was taken from the emulated machine, and goes back to it.
 *
 * @param host where the bytes are
 * @param dram what they were taken from
 */
record DramMemory(Memory host, Dram dram) implements Memory {

    @Override
    public long size() {
        return host.size();
    }

    @Override
    public void release() {
        long size = host.size();
        host.release();
        dram.giveBack(size);
    }

    @Override
    public MemoryInfo info() {
        return host.info();
    }

    @Override
    public Mapping map(Access access) {
        return host.map(access);
    }

    @Override
    public void beginCpuAccess(Access access) {
        host.beginCpuAccess(access);
    }

    @Override
    public void endCpuAccess(Access access) {
        host.endCpuAccess(access);
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return host.awaitIdle(access, timeout);
    }

    @Override
    public Fence exportFence(Access access) {
        return host.exportFence(access);
    }

    @Override
    public void importFence(Fence fence, Access access) {
        host.importFence(fence, access);
    }

    @Override
    public DmaBufFd exportFd() {
        return host.exportFd();
    }

    @Override
    public void setName(String name) {
        host.setName(name);
    }
}
