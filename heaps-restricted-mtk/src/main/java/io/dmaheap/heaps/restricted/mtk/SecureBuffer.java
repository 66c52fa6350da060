package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A buffer from its record to its end. It has memory from {@code restrict} to {@code unrestrict}: the secure world owns that, so there is
 * none before.
 */
final class SecureBuffer implements Memory {
    private final AllocationRequest request;
    private volatile @Nullable Held held;

    private record Held(Given given, Memory memory) {}

    SecureBuffer(AllocationRequest request) {
        this.request = request;
    }

    AllocationRequest request() {
        return request;
    }

    void give(Given given, Memory memory) {
        held = new Held(given, memory);
    }

    Given given() {
        return present().given();
    }

    Memory memory() {
        return present().memory();
    }

    private Held present() {
        return Objects.requireNonNull(held, "the buffer has no memory");
    }

    @Override
    public long size() {
        return request.size();
    }

    /** Nothing: the operations of the heap give back what there is. */
    @Override
    public void release() {}

    @Override
    public Memory backing() {
        return memory().backing();
    }

    @Override
    public MemoryInfo info() {
        return memory().info();
    }

    @Override
    public Optional<AccessList> accessList() {
        return memory().accessList();
    }

    @Override
    public DmaBufFd exportFd() {
        return memory().exportFd();
    }

    @Override
    public void setName(String name) {
        memory().setName(name);
    }
}
