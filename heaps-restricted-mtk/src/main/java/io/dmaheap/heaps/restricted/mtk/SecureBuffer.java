package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.heaps.restricted.mtk.SecureWorldHeap.Placed;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A buffer from its record to its end. It has memory from {@code restrict} to {@code unrestrict}: the secure world owns that, so there is
 * none before.
 */
final class SecureBuffer implements Memory {
    private final AllocationRequest request;
    private volatile @Nullable Held held;
    private volatile boolean forgotten;

    private record Held(Placed placed, Memory memory) {}

    SecureBuffer(AllocationRequest request) {
        this.request = request;
    }

    AllocationRequest request() {
        return request;
    }

    void give(Placed placed, Memory memory) {
        held = new Held(placed, memory);
    }

    /** The secure world may have given its handle to another buffer. */
    void forget() {
        forgotten = true;
    }

    Placed placed() {
        return present().placed();
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
    public OptionalLong secureHandle() {
        return forgotten
                ? OptionalLong.empty()
                : OptionalLong.of(placed().given().handle());
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
