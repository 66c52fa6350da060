package io.dmaheap.core.fake;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Memory that knows whether it was used as the contract says. */
public class FakeMemory implements ImportedMemory {
    final long inode;
    private final FakePlatform platform;
    private final long size;
    private final AtomicBoolean released = new AtomicBoolean();
    private final AtomicInteger mappings = new AtomicInteger();
    private volatile boolean overflowed;

    FakeMemory(FakePlatform platform, long inode, long size) {
        this.platform = platform;
        this.inode = inode;
        this.size = size;
        platform.memories.incrementAndGet();
    }

    private void used(String operation) {
        if (released.get()) {
            platform.violations.add(operation + " after release");
        }
        platform.faults.hit(operation);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Traits traits() {
        used("traits");
        return Traits.UNKNOWN;
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            if (!overflowed) {
                platform.violations.add("released twice");
            }
            return;
        }
        overflowed = true; // as long as it has not ended: then it may be called again
        if (mappings.get() != 0) {
            platform.violations.add("released while mapped");
        }
        platform.memories.decrementAndGet();
        platform.faults.hit("release");
        overflowed = false;
    }

    @Override
    public MemoryInfo info() {
        used("info");
        return new MemoryInfo(Descriptor.MEMFD, 1, inode, Optional.of("fake"), Optional.empty());
    }

    @Override
    public Mapping map(Access access) {
        used("map " + access);
        used("map");
        mappings.incrementAndGet();
        platform.mappings.incrementAndGet();
        return new FakeMapping();
    }

    @Override
    public void beginCpuAccess(Access access) {
        used("begin " + access);
        platform.brackets.incrementAndGet();
    }

    @Override
    public void endCpuAccess(Access access) {
        platform.brackets.decrementAndGet();
        used("end " + access);
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        used("awaitIdle");
        return false;
    }

    @Override
    public Fence exportFence(Access access) {
        used("exportFence");
        return platform.fenced ? new FakeFence(platform) : ImportedMemory.super.exportFence(access);
    }

    @Override
    public void importFence(Fence fence, Access access) {
        used("importFence");
    }

    @Override
    public DmaBufFd exportFd() {
        used("exportFd");
        return platform.newFd(this);
    }

    @Override
    public void setName(String name) {
        used("setName");
    }

    private final class FakeMapping implements Mapping {
        @Override
        public MemorySegment segment(Arena scope) {
            used("segment");
            return scope.allocate(size);
        }

        @Override
        public void unmap() {
            mappings.decrementAndGet();
            platform.mappings.decrementAndGet();
            used("unmap");
        }
    }
}
