package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapInfo.Openable;
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
    private final Host host;

    SystemMemory(Dram dram, Host host) {
        this.dram = dram;
        this.host = host;
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        long size = request.size();
        dram.take(size);
        try {
            Memory memory = host.allocate(HEAP, size, request.access());
            request.name().ifPresent(memory::setName);
            return new EmulatedMemory(memory, () -> dram.giveBack(size));
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
