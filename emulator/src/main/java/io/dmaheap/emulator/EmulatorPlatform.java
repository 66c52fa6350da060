package io.dmaheap.emulator;

import io.dmaheap.AccessList;
import io.dmaheap.BufferHolder;
import io.dmaheap.MemoryMap;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.PlatformWatch;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A machine in software. Whatever needs file descriptors it has only where the host has memfds. */
final class EmulatorPlatform implements Platform {
    private final Dram dram;
    private final BoardMap map;
    private final Workings machine;
    private final Host host;
    private final SystemMemory systemMemory;
    private final List<MemoryRegion> regions;
    private final List<PlatformDevice> devices;
    private final Optional<ProtectedMemoryFirmware> optee;
    private final SecureWorld secureWorld;
    private final Optional<PlatformTee> tee;

    private EmulatorPlatform(Machine description, Workings machine, SecureWorld secureWorld) {
        Board board = description.board();
        this.dram = new Dram(description.memory());
        this.machine = machine;
        this.map = new BoardMap(description, machine);
        this.host = machine.host();
        this.systemMemory = new SystemMemory(dram, new OrdinaryPages(description.ordinary()), host, machine.firewall());
        this.regions = board.regions().stream()
                .<MemoryRegion>map(region ->
                        new BoardRegion(region, isDeclaredHeap(board, region), isForProtection(board, region), machine))
                .sorted(Comparator.comparing(MemoryRegion::name))
                .toList();
        var bus = new BoardBus(board, machine);
        Map<AddressRange, AccessList> lendable = lendable(board);
        this.devices = board.devices().stream()
                .<PlatformDevice>map(device -> new BoardDevice(device, machine.firewall(), bus, lendable))
                .sorted(Comparator.comparing(PlatformDevice::name))
                .toList();
        this.optee = board.optee().map(firmware -> new BoardOptee(firmware, board, machine, secureWorld, regions));
        this.secureWorld = secureWorld;
        this.tee = board.optee().map(_ -> BoardTee.of(board, machine, secureWorld));
    }

    /** Who reaches memory of the regions that MediaTek's application gives out once they are lent to it. */
    private static Map<AddressRange, AccessList> lendable(Board board) {
        AccessList trusted = BoardTee.trusted(board);
        return board.regions().stream()
                .filter(region -> region instanceof Region.MediatekPool pool && pool.isLent())
                .collect(Collectors.toMap(Region::range, _ -> trusted, (one, _) -> one));
    }

    static boolean isDeclaredHeap(Board board, Region region) {
        return board.cmaHeaps().stream()
                .anyMatch(heap -> heap.isDeclared() && heap.region().equals(region));
    }

    /** A vendor's region, one of the firmware's, or one that a device takes its protected memory from. */
    static boolean isForProtection(Board board, Region region) {
        return region instanceof Region.MediatekPool
                || region instanceof Region.LinaroPool
                || board.optee().stream()
                        .flatMap(optee -> optee.pools().stream())
                        .anyMatch(pool -> pool.region().equals(region))
                || board.devices().stream()
                        .flatMap(device -> device.protectedHeapName().stream())
                        .anyMatch(region.name()::equals);
    }

    static EmulatorPlatform build(Machine description, Faults faults, SecureWorld secureWorld) {
        return new EmulatorPlatform(description, Workings.of(description, faults), secureWorld);
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

    /** The memory of the emulated machine, unless its host has less. */
    @Override
    public Optional<String> memoryLimit() {
        boolean ofHost = host.memfds().map(Memfds::availableMemory).orElse(Long.MAX_VALUE) < dram.free();
        return ofHost ? host.memfds().flatMap(Memfds::memoryLimit) : Optional.of("the emulated machine");
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
    public MemoryMap memoryMap() {
        return map.draw();
    }

    @Override
    public List<MemoryMap.Flaw> flaws() {
        return map.flaws();
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
    public FdSocket socketOf(int fd) {
        return host.memfds().map(memfds -> memfds.socketOf(fd)).orElseGet(() -> Platform.super.socketOf(fd));
    }

    @Override
    public List<BufferHolder> holders() {
        return host.memfds().map(Memfds::holders).orElseGet(List::of);
    }

    @Override
    public Optional<MemoryFirewall> firewall() {
        return Optional.of(new BoardFirewall(machine.physical()));
    }

    @Override
    public List<PlatformTee> tees() {
        return secureWorld.isPresent() ? tee.stream().toList() : List.of();
    }

    /** Of all that is on a board, only the TEE comes and goes. */
    @Override
    public PlatformWatch watch(Runnable gained) {
        Runnable mine = gained::run;
        secureWorld.listen(mine);
        return () -> secureWorld.ignore(mine);
    }

    @Override
    public Optional<ProtectedMemoryFirmware> protectedMemoryFirmware() {
        return optee;
    }

    @Override
    public void close() {
        machine.close();
    }
}
