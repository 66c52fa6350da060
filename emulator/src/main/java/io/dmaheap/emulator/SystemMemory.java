package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Optional;
import java.util.OptionalLong;

/** Page-scattered, zeroed memory of the emulated machine. */
final class SystemMemory implements HeapOps {
    /** What other processes see in {@code /proc/PID/fd}: the name that the kernel's heap for such memory has. */
    private static final String HEAP = "system";

    private final Dram dram;
    private final OrdinaryPages pages;
    private final Host host;
    private final Firewall firewall;

    SystemMemory(Dram dram, OrdinaryPages pages, Host host, Firewall firewall) {
        this.dram = dram;
        this.pages = pages;
        this.host = host;
        this.firewall = firewall;
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        long size = request.size();
        dram.take(size);
        try {
            Memory memory = host.allocate(HEAP, request);
            request.name().ifPresent(memory::setName);
            return new EmulatedMemory(memory, new Place.Scattered(dram, pages, size), firewall);
        } catch (RuntimeException | Error e) {
            dram.giveBack(size);
            throw e;
        }
    }

    /** The places that {@link #allocate} and the first device after it would find. */
    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        var anywhere = MemoryOutlook.within(
                size, pages.memory().stream().map(DeviceReach::physical).toList(), Answer.NO);
        return Optional.of(
                size == 0 || size > dram.free()
                        ? anywhere
                        : anywhere.withSegments(pages.next(size).stream()
                                .map(DeviceReach::physical)
                                .toList()));
    }

    @Override
    public HeapStatus status() {
        return new HeapStatus(
                Optional.empty(), Openable.YES, OptionalLong.of(dram.size()), OptionalLong.of(dram.free()));
    }
}
