package io.dmaheap.emulator;

import io.dmaheap.BufferHolder;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A machine in software. Whatever needs file descriptors it has only where the host has memfds. */
final class EmulatorPlatform implements Platform {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap");

    private final Dram dram;
    private final Host host;
    private final SystemMemory systemMemory;
    private final List<MemoryRegion> regions;
    private final List<PlatformDevice> devices;

    private EmulatorPlatform(Machine machine, Host host) {
        Board board = machine.board();
        this.dram = new Dram(machine.memory());
        this.host = host;
        var firewall = new Firewall(BootRules.of(board));
        this.systemMemory = new SystemMemory(dram, new OrdinaryPages(machine.ordinary()), host, firewall);
        var physical = new PhysicalMemory();
        this.regions = board.regions().stream()
                .<MemoryRegion>map(region -> new BoardRegion(
                        region, isDeclaredHeap(board, region), physical, machine.pinned(), host, firewall))
                .sorted(Comparator.comparing(MemoryRegion::name))
                .toList();
        this.devices = board.devices().stream()
                .<PlatformDevice>map(device -> new BoardDevice(device, firewall))
                .sorted(Comparator.comparing(PlatformDevice::name))
                .toList();
    }

    private static boolean isDeclaredHeap(Board board, Region region) {
        return board.cmaHeaps().stream()
                .anyMatch(heap -> heap.isDeclared() && heap.region().equals(region));
    }

    static EmulatorPlatform build(Machine machine) {
        for (var problem : machine.board().problems()) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}: {1}", machine.board().model(), problem);
        }
        return new EmulatorPlatform(machine, Host.open(machine.backing()));
    }

    @Override
    public String name() {
        return EmulatorPlatformProvider.NAME;
    }

    @Override
    public int pageSize() {
        return host.memfds().map(Memfds::pageSize).orElseGet(Platform.super::pageSize);
    }

    /** What is left of the emulated memory, and never more than the host could back. */
    @Override
    public long availableMemory() {
        return Math.min(dram.free(), host.memfds().map(Memfds::availableMemory).orElse(Long.MAX_VALUE));
    }

    @Override
    public Optional<HeapOps> systemMemory() {
        return Optional.of(systemMemory);
    }

    @Override
    public List<MemoryRegion> regions() {
        return regions;
    }

    @Override
    public List<PlatformDevice> devices() {
        return devices;
    }

    @Override
    public ImportedMemory importFd(int fd) {
        return host.memfds().map(memfds -> memfds.importFd(fd)).orElseGet(() -> Platform.super.importFd(fd));
    }

    @Override
    public FdListener listen(Path socket) {
        return host.memfds().map(memfds -> memfds.listen(socket)).orElseGet(() -> Platform.super.listen(socket));
    }

    @Override
    public FdSocket connect(Path socket) {
        return host.memfds().map(memfds -> memfds.connect(socket)).orElseGet(() -> Platform.super.connect(socket));
    }

    @Override
    public List<BufferHolder> holders() {
        return host.memfds().map(Memfds::holders).orElseGet(List::of);
    }

    @Override
    public void close() {
        host.close();
    }
}
