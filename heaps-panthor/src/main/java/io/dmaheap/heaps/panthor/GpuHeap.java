package io.dmaheap.heaps.panthor;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ObjLongConsumer;

/**
 * The memory of one region, buffer by buffer for the GPU alone. The series of January 2025 left open who protects what its
 * {@code linux,cma} heap gives out; here the platform's firewall does, and clears it before the kernel has it back.
 *
 * <pre>
 *   alloc: lend the pages   restrict: firewall, for the GPU   unrestrict: firewall clears   free: reclaim the pages
 * </pre>
 */
final class GpuHeap implements RestrictedHeapOps<GpuBuffer> {
    private final LendableArea area;
    private final MemoryFirewall firewall;
    private final AccessList allowed;
    private final ObjLongConsumer<Throwable> quarantine;

    GpuHeap(LendableArea area, MemoryFirewall firewall, AccessList allowed, ObjLongConsumer<Throwable> quarantine) {
        this.area = area;
        this.firewall = firewall;
        this.allowed = allowed;
        this.quarantine = quarantine;
    }

    /** Nobody to reach: the firewall is always there. */
    @Override
    public void init() {}

    @Override
    public GpuBuffer alloc(AllocationRequest request) {
        LentRange lent = area.lend(request.size());
        try {
            Memory memory = area.region().take(List.of(lent.range()), request);
            return new GpuBuffer(memory, lent);
        } catch (RuntimeException | Error e) {
            takeBack(lent);
            throw e;
        }
    }

    /** Pages that do not come back, nobody is given. */
    private void takeBack(LentRange lent) {
        try {
            area.reclaim(lent);
        } catch (RuntimeException | Error e) {
            quarantine.accept(e, lent.range().size());
        }
    }

    @Override
    public void restrict(GpuBuffer buffer) {
        firewall.restrict(buffer.lent().range(), allowed);
    }

    @Override
    public void unrestrict(GpuBuffer buffer) {
        firewall.unrestrict(buffer.lent().range());
    }

    @Override
    public void free(GpuBuffer buffer) {
        buffer.release();
        takeBack(buffer.lent());
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return Optional.of(MemoryOutlook.within(size, List.of(area.region().range()), Answer.YES)
                .withAccessList(allowed));
    }

    @Override
    public HeapStatus status() {
        return new HeapStatus(
                Optional.empty(), Openable.YES, OptionalLong.of(area.region().size()), OptionalLong.of(area.free()));
    }
}
