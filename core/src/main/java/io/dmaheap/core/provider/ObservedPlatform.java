package io.dmaheap.core.provider;

import io.dmaheap.BufferHolder;
import io.dmaheap.MemoryMap;
import io.dmaheap.Problem;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.PlatformWatch;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The platform as one plugin sees it. Each lend and reclaim of a region emits a JFR event, and the parts of a region that another plugin has
 * are out of reach.
 *
 * @param platform the real one
 * @param user whose view this is
 * @param owners who has which region
 * @param releases sees what becomes of the memory that the plugin takes
 */
record ObservedPlatform(Platform platform, RegionOwners.User user, RegionOwners owners, ReleaseWatch releases)
        implements Platform {

    @Override
    public String name() {
        return platform.name();
    }

    @Override
    public int pageSize() {
        return platform.pageSize();
    }

    @Override
    public long availableMemory() {
        return platform.availableMemory();
    }

    @Override
    public Optional<String> memoryLimit() {
        return platform.memoryLimit();
    }

    @Override
    public List<KernelHeap> kernelHeaps() {
        return platform.kernelHeaps().stream()
                .<KernelHeap>map(heap -> new ObservedKernelHeap(heap, releases))
                .toList();
    }

    @Override
    public Map<String, String> heapAliases() {
        return platform.heapAliases();
    }

    @Override
    public Optional<HeapOps> systemMemory() {
        return platform.systemMemory().map(memory -> new ObservedSystemMemory(memory, releases));
    }

    @Override
    public Optional<HeapOps> udmabufMemory() {
        return platform.udmabufMemory().map(memory -> new ObservedSystemMemory(memory, releases));
    }

    @Override
    public List<MemoryRegion> regions() {
        return platform.regions().stream().map(this::observed).toList();
    }

    @Override
    public Optional<MemoryFirewall> firewall() {
        return platform.firewall().map(firewall -> new ObservedFirewall(firewall, user, owners));
    }

    @Override
    public Optional<ProtectedMemoryFirmware> protectedMemoryFirmware() {
        return platform.protectedMemoryFirmware()
                .map(firmware -> new ObservedFirmware(firmware, user, owners, releases));
    }

    @Override
    public MemoryMap memoryMap() {
        return platform.memoryMap();
    }

    @Override
    public List<MemoryMap.Flaw> flaws() {
        return platform.flaws();
    }

    @Override
    public List<Problem> problems() {
        return platform.problems();
    }

    @Override
    public List<PlatformDevice> devices() {
        return platform.devices();
    }

    @Override
    public List<PlatformTee> tees() {
        return platform.tees();
    }

    @Override
    public PlatformWatch watch(Runnable gained) {
        return platform.watch(gained);
    }

    @Override
    public ImportedMemory importFd(int fd) {
        return platform.importFd(fd);
    }

    @Override
    public FdListener listen(Path socket) {
        return platform.listen(socket);
    }

    @Override
    public FdSocket connect(Path socket) {
        return platform.connect(socket);
    }

    @Override
    public FdSocket socketOf(int fd) {
        return platform.socketOf(fd);
    }

    @Override
    public List<BufferHolder> holders() {
        return platform.holders();
    }

    /** Does nothing: the platform is not the plugin's to close. */
    @Override
    public void close() {}

    private MemoryRegion observed(MemoryRegion region) {
        return new ObservedRegion(region, user, owners, releases);
    }
}
