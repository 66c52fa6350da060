package io.dmaheap.spi;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.PublicApi;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Other memory with something added: a plugin that has to know when memory of the platform ends overrides {@link #release()}. Calls
 * that it does not override go to the other memory.
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public abstract class ForwardingMemory extends OneShotMemory {
    private final Memory memory;

    /** Forwards to {@code memory}. */
    protected ForwardingMemory(Memory memory) {
        this.memory = Objects.requireNonNull(memory, "memory");
    }

    @Override
    final Memory behind() {
        return memory;
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public void release() {
        memory.release();
    }

    @Override
    public Memory backing() {
        return memory.backing();
    }

    @Override
    public MemoryInfo info() {
        return memory.info();
    }

    @Override
    public MemoryInfo peek() {
        return memory.peek();
    }

    @Override
    public Mapping map(Access access) {
        return memory.map(access);
    }

    @Override
    public void beginCpuAccess(Access access) {
        memory.beginCpuAccess(access);
    }

    @Override
    public void endCpuAccess(Access access) {
        memory.endCpuAccess(access);
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return memory.awaitIdle(access, timeout);
    }

    @Override
    public Fence exportFence(Access access) {
        return memory.exportFence(access);
    }

    @Override
    public void importFence(Fence fence, Access access) {
        memory.importFence(fence, access);
    }

    @Override
    public Optional<AccessList> accessList() {
        return memory.accessList();
    }

    @Override
    public OptionalLong secureHandle() {
        return memory.secureHandle();
    }

    @Override
    public DmaBufFd exportFd() {
        return memory.exportFd();
    }

    @Override
    public void setName(String name) {
        memory.setName(name);
    }

    @Override
    public String toString() {
        return memory.toString();
    }
}
