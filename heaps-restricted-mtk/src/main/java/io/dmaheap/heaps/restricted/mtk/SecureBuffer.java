package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.SecureWorldHeap.Placed;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A buffer from its record to its end. It has memory from {@code restrict} to {@code unrestrict}: the secure world owns that, so there is
 * none before.
 */
final class SecureBuffer extends OneShotMemory {
    private final AllocationRequest request;
    private volatile @Nullable Held held;
    private final Predicate<Given> known;

    private record Held(Placed placed, Memory memory) {}

    /**
     * A record without memory.
     *
     * @param known whether the secure world still knows what it gave out
     */
    SecureBuffer(AllocationRequest request, Predicate<Given> known) {
        this.request = request;
        this.known = known;
    }

    AllocationRequest request() {
        return request;
    }

    void give(Placed placed, Memory memory) {
        held = new Held(placed, memory);
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

    /** Empty once the secure world may have given the number to another buffer. */
    @Override
    public OptionalLong secureHandle() {
        Given given = placed().given();
        return known.test(given) ? OptionalLong.of(given.handle()) : OptionalLong.empty();
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
