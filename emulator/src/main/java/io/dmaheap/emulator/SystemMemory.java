package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
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

    @Override
    public HeapStatus status() {
        return new HeapStatus(
                Optional.empty(), Openable.YES, OptionalLong.of(dram.size()), OptionalLong.of(dram.free()));
    }
}
