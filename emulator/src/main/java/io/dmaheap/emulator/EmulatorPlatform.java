package io.dmaheap.emulator;

import io.dmaheap.BufferHolder;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Machine.Backing;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Platform;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A machine in software. Whatever needs file descriptors it has only where the host has memfds. */
final class EmulatorPlatform implements Platform {
    private final Dram dram;
    private final Optional<Memfds> memfds;
    private final SystemMemory systemMemory;

    private EmulatorPlatform(Dram dram, Optional<Memfds> memfds) {
        this.dram = dram;
        this.memfds = memfds;
        this.systemMemory = new SystemMemory(dram, memfds);
    }

    static EmulatorPlatform build(Machine machine) {
        boolean plain = machine.backing() == Backing.PLAIN
                || (machine.backing() == Backing.BEST && Memfds.obstacle().isPresent());
        if (plain) {
            PlainMemory.obstacle().ifPresent(obstacle -> {
                throw HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, "the emulated machine has no memory to give out")
                        .hint(obstacle)
                        .build();
            });
        }
        return new EmulatorPlatform(new Dram(machine.memory()), plain ? Optional.empty() : Optional.of(Memfds.open()));
    }

    @Override
    public String name() {
        return EmulatorPlatformProvider.NAME;
    }

    @Override
    public int pageSize() {
        return memfds.map(Memfds::pageSize).orElseGet(Platform.super::pageSize);
    }

    /** What is left of the emulated memory, and never more than the host could back. */
    @Override
    public long availableMemory() {
        return Math.min(dram.free(), memfds.map(Memfds::availableMemory).orElse(Long.MAX_VALUE));
    }

    @Override
    public Optional<HeapOps> systemMemory() {
        return Optional.of(systemMemory);
    }

    @Override
    public ImportedMemory importFd(int fd) {
        return memfds.map(host -> host.importFd(fd)).orElseGet(() -> Platform.super.importFd(fd));
    }

    @Override
    public FdListener listen(Path socket) {
        return memfds.map(host -> host.listen(socket)).orElseGet(() -> Platform.super.listen(socket));
    }

    @Override
    public FdSocket connect(Path socket) {
        return memfds.map(host -> host.connect(socket)).orElseGet(() -> Platform.super.connect(socket));
    }

    @Override
    public List<BufferHolder> holders() {
        return memfds.map(Memfds::holders).orElseGet(List::of);
    }

    @Override
    public void close() {
        memfds.ifPresent(Memfds::close);
    }
}
