package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Machine.Backing;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.Memory;
import java.util.Optional;

/**
 * Where the bytes of the emulated machine really are.
 *
 * @param memfds empty where the bytes are memory of the JVM
 * @param faults when it is to have no memory
 */
record Host(Optional<Memfds> memfds, Faults faults) implements AutoCloseable {

    /**
     * Finds the best place that {@code backing} allows.
     *
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} if there is none
     */
    static Host open(Backing backing, Faults faults) {
        boolean plain = backing == Backing.PLAIN
                || (backing == Backing.BEST && Memfds.obstacle().isPresent());
        if (!plain) {
            return new Host(Optional.of(Memfds.open()), faults);
        }
        PlainMemory.obstacle().ifPresent(obstacle -> {
            throw HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, "the emulated machine has no memory to give out")
                    .hint(obstacle)
                    .build();
        });
        return new Host(Optional.empty(), faults);
    }

    /**
     * Zeroed bytes of their own.
     *
     * @param owner what other processes see in {@code /proc/PID/fd}, with the label of the request
     */
    Memory allocate(String owner, AllocationRequest request) {
        faults.pass(FaultPoint.HOST_MEMORY);
        return memfds.<Memory>map(host -> host.allocate(owner, request.size(), request.access(), request.name()))
                .orElseGet(() -> PlainMemory.allocate(request.size()));
    }

    /** What the CPU gets to see of memory that it must not touch: a token for a descriptor, and no mapping. */
    Memory closedToTheCpu(String owner, long size, Optional<String> label) {
        return memfds.<Memory>map(host -> host.token(owner, size, label)).orElseGet(() -> new Untouchable(size));
    }

    @Override
    public void close() {
        memfds.ifPresent(Memfds::close);
    }

    /** Without descriptors there is nothing to show. */
    private record Untouchable(long size) implements Memory {
        @Override
        public void release() {}
    }
}
