package io.dmaheap.core;

import io.dmaheap.BufferHolder;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.Choice;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.Need;
import io.dmaheap.PlatformInfo;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.buffer.BufferDevice;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.buffer.Ledger;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.choice.DeviceUse;
import io.dmaheap.core.choice.RankedChoice;
import io.dmaheap.core.life.End;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.life.Tally;
import io.dmaheap.core.policy.Aliases;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.core.provider.PolicyHeaps;
import io.dmaheap.core.provider.Surroundings;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.core.sharing.SharingListener;
import io.dmaheap.core.sharing.SharingSocket;
import io.dmaheap.core.sharing.Watch;
import io.dmaheap.core.tee.OpenTee;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rooms of the house, put together. */
final class OpenHeaps implements Heaps {
    private static final String NOT_YET = "no plugin offers it yet";

    private final Policy policy;
    private final PlatformInfo platformInfo;
    private final Platform platform;
    private final PlatformUse platformUse;
    private final Aliases aliases;
    private final HeapRegistry registry;
    private final Buffers buffers;
    private final Problems problems = new Problems();
    private final Quarantine quarantine = new Quarantine(problems);
    private final Tally teeObjects = new Tally();
    private final Watch watch;
    private final Closing closing = new Closing();

    private final CallLimit limit;
    private final Plugins plugins;

    /**
     * Opens on a platform that was opened before, and owns it.
     *
     * @param onPath the providers of the class or module path
     */
    OpenHeaps(
            HeapsOptions options,
            Policy policy,
            PlatformInfo platformInfo,
            Platform platform,
            Iterable<ServiceLoader.Provider<HeapProvider>> onPath) {
        this.policy = policy;
        this.platformInfo = platformInfo;
        this.platform = platform;
        this.platformUse = new PlatformUse(platform);
        this.aliases = policy.aliases().with(platform::heapAliases);
        this.registry = new HeapRegistry(
                aliases, clash -> problems.report(clash.problem()), clash -> problems.end(clash.problem()));
        this.buffers = new Buffers(platform, platformUse, new LeakDetector(options.leakDetection(), problems));
        this.watch = new Watch(buffers.leaks(), buffers.ledger().sockets());
        platform.flaws()
                .forEach(flaw -> problems.report(
                        Problem.of(Problem.Kind.FAULTY_DESCRIPTION, flaw.node(), flaw.message(), flaw.hint(), null)));
        var bound = new MemoryBound(platform::availableMemory, platform::memoryLimit, policy.shareOfAvailable());
        this.limit = new CallLimit(policy.callLimit(), problems);
        this.plugins = new Plugins(
                options,
                policy.plugins(),
                onPath,
                PolicyHeaps.of(policy.kernelHeaps(), registry),
                new Surroundings(platform, platformUse, registry, policy, bound, problems, limit, quarantine));
    }

    static OpenHeaps open(HeapsOptions options, Platforms.Picked picked) {
        var policy = Policy.read(options);
        Platform platform =
                picked.provider().open(policy.ofPlatform(picked.info().name()));
        try {
            // Not by the context class loader, which is whatever the calling thread happens to have.
            var onPath = ServiceLoader.load(HeapProvider.class, OpenHeaps.class.getClassLoader());
            var opened = new OpenHeaps(
                    options,
                    policy,
                    picked.info(),
                    platform,
                    () -> onPath.stream().iterator());
            picked.problem().ifPresent(opened.problems::report);
            return opened;
        } catch (RuntimeException | Error e) {
            platform.close();
            throw e;
        }
    }

    /** What the operator decided. */
    Policy policy() {
        return policy;
    }

    @Override
    public PlatformInfo platform() {
        return platformInfo;
    }

    @Override
    public Optional<Heap> find(String name) {
        LiveHeap heap = registry.find(name);
        return heap == null ? Optional.empty() : Optional.of(HeapHandle.of(heap, buffers));
    }

    @Override
    public Heap heap(String name) {
        return find(name).orElseThrow(() -> new MissingHeap(name, heaps(), plugins()).exception());
    }

    @Override
    public Heap await(String name, Duration timeout) {
        return HeapHandle.of(registry.await(name, timeout), buffers);
    }

    @Override
    public Choice choose(Need need) {
        Objects.requireNonNull(need, "need");
        checkOpen();
        RankedChoice.Devices devices = devicesOf(need);
        var live = List.copyOf(registry.live());
        // Room for all, so that a handle once taken is never lost for want of memory.
        var handles = new ArrayList<HeapHandle>(live.size());
        var held = new ArrayList<LiveHeap>(live.size());
        try {
            for (LiveHeap heap : live) {
                HeapHandle handle = HeapHandle.take(heap, buffers);
                if (handle != null) {
                    handles.add(handle);
                    held.add(heap);
                }
            }
            Map<LiveHeap, MemoryOutlook> outlooks =
                    devices.users().isEmpty() ? Map.of() : LiveHeap.outlooks(held, wholePages(need.size()));
            var offers = new HashMap<HeapHandle, RankedChoice.Offer>();
            Iterator<HeapInfo> answers = LiveHeap.infos(held).iterator();
            for (int i = 0; i < held.size(); i++) {
                LiveHeap heap = held.get(i);
                MemoryOutlook outlook = outlooks.containsKey(heap) ? outlooks.get(heap) : byRegions(heap, need);
                offers.put(handles.get(i), new RankedChoice.Offer(answers.next(), outlook));
            }
            return RankedChoice.of(
                    need,
                    devices,
                    offers,
                    HeapHandle::again,
                    buffers.leaks(),
                    buffers.ledger().choices());
        } catch (RuntimeException | Error e) {
            for (HeapHandle handle : handles) {
                try {
                    handle.close();
                } catch (RuntimeException | Error more) {
                    e.addSuppressed(more);
                }
            }
            throw e;
        }
    }

    private RankedChoice.Devices devicesOf(Need need) {
        if (need.devices().isEmpty()) {
            return RankedChoice.Devices.NONE;
        }
        List<PlatformDevice> known = platform.devices();
        List<DeviceUse> users = need.devices().stream()
                .sorted()
                .map(name -> DeviceUse.of(
                        name,
                        known,
                        policy.heapsFor(name),
                        need.certainDevices().contains(name)))
                .toList();
        return new RankedChoice.Devices(
                users,
                buffer -> users.stream()
                        .flatMap(user -> user.device().stream())
                        .forEach(device -> new BufferDevice(device, platformUse)
                                .attach(buffer)
                                .close()));
    }

    private long wholePages(long size) {
        long page = platform.pageSize();
        return size > Long.MAX_VALUE - page ? size : Math.ceilDiv(size, page) * page;
    }

    /** What is known of the memory of a heap that cannot tell by itself where it lies. */
    private MemoryOutlook byRegions(LiveHeap heap, Need need) {
        List<PhysicalRange> within = platform.regions().stream()
                .filter(region -> heap.regions().contains(region.name()))
                .map(MemoryRegion::range)
                .toList();
        return MemoryOutlook.within(
                wholePages(need.size()), within, heap.traits().contiguous());
    }

    @Override
    public List<DeviceInfo> devices() {
        checkOpen();
        return platform.devices().stream().map(BufferDevice::describe).toList();
    }

    @Override
    public Optional<Device> device(String name) {
        checkOpen();
        return platform.devices().stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .map(device -> new BufferDevice(device, platformUse));
    }

    @Override
    public List<TeeInfo> tees() {
        checkOpen();
        return platform.tees().stream().map(PlatformTee::info).toList();
    }

    @Override
    public Tee openTee(String name) {
        checkOpen();
        List<PlatformTee> tees = platform.tees();
        PlatformTee tee = tees.stream()
                .filter(one -> one.info().name().equals(name))
                .findFirst()
                .orElseThrow(() -> HeapException.of(ErrorCode.INVALID_NAME, "there is no TEE " + name)
                        .errno("ENODEV")
                        .hint("There is "
                                + tees.stream().map(one -> one.info().name()).toList()
                                + "; `dmaheap doctor` says what is missing")
                        .build());
        return OpenTee.open(tee, buffers, platformUse, teeObjects);
    }

    @Override
    public MemoryMap memoryMap() {
        checkOpen();
        List<LiveHeap> live = registry.live().stream()
                .sorted(Comparator.comparing(LiveHeap::name))
                .toList();
        MemoryMap map = platform.memoryMap();
        List<MemoryArea> areas = map.areas().stream()
                .map(area -> area.withHeaps(live.stream()
                        .filter(heap -> area.heaps().contains(heap.name())
                                || heap.regions().contains(area.name()))
                        .map(LiveHeap::name)
                        .toList()))
                .toList();
        return new MemoryMap(map.machine(), areas, map.firmware(), map.flaws(), map.unknown());
    }

    /** The names of the kernel's heaps, whether or not a plugin offers them. */
    List<String> kernelHeaps() {
        return platform.kernelHeaps().stream().map(KernelHeap::name).toList();
    }

    @Override
    public List<HeapInfo> heaps() {
        checkOpen();
        Stream<HeapInfo> known = LiveHeap.infos(registry.all()).stream();
        Stream<HeapInfo> missing = Stream.concat(
                registry.awaited().stream().map(name -> awaited(name, HeapStatus.UNKNOWN, NOT_YET)), unoffered());
        return Stream.concat(known, missing)
                .sorted(Comparator.comparing(HeapInfo::name))
                .toList();
    }

    /** The kernel's heaps that no plugin offers, under this name or another. */
    private Stream<HeapInfo> unoffered() {
        Set<String> offered = registry.all().stream().map(LiveHeap::name).collect(Collectors.toSet());
        Set<String> awaited = Set.copyOf(registry.awaited());
        return platform.kernelHeaps().stream()
                .filter(heap -> !offered.contains(heap.name()) && !awaited.contains(heap.name()))
                .filter(heap -> aliases.of(heap.name()).stream().noneMatch(offered::contains))
                .map(heap -> awaited(
                        heap.name(),
                        heap.status(),
                        "no plugin offers it. If you know what its memory is like, add to the"
                                + " policy file: kernel-heap." + heap.name() + " = TRAITS, such as contiguous cached"));
    }

    private static HeapInfo awaited(String name, HeapStatus status, String reason) {
        return new HeapInfo(
                name,
                List.of(),
                HeapState.AWAITED,
                Traits.UNKNOWN,
                "",
                status.node(),
                HeapInfo.Openable.no(reason),
                status.total(),
                status.free(),
                0,
                0);
    }

    @Override
    public List<PluginInfo> plugins() {
        return plugins.all();
    }

    @Override
    public List<Problem> problems() {
        Stream<Problem> reported = Stream.concat(problems.all().stream(), platform.problems().stream());
        // After the end there is no plugin either, which is as it should be.
        boolean missing = !closing.hasBegun() && plugins().isEmpty();
        return Stream.concat(reported, missing ? Stream.of(noPlugin()) : Stream.empty())
                .toList();
    }

    private static Problem noPlugin() {
        return Problem.of(
                Problem.Kind.NO_PLUGIN,
                "plugins",
                "there is no plugin, and heaps come from plugins",
                "Put heaps-system on the module path or class path, or name a directory with the heaps-* jars:"
                        + " HeapsOptions.withPlugins, or -Ddmaheap.plugins=DIR",
                null);
    }

    @Override
    public DmaBuf importFd(int fd) {
        checkOpen();
        return buffers.importFd(fd);
    }

    @Override
    public BufferListener listen(Path socket) {
        checkOpen();
        return SharingListener.open(socket, () -> platform.listen(socket), buffers::importFd, platformUse, watch);
    }

    @Override
    public BufferSocket connect(Path socket) {
        checkOpen();
        return SharingSocket.open(() -> platform.connect(socket), buffers::importFd, platformUse, watch);
    }

    @Override
    public BufferSocket socketOf(int fd) {
        checkOpen();
        return SharingSocket.open(() -> platform.socketOf(fd), buffers::importFd, platformUse, watch);
    }

    @Override
    public List<BufferHolder> holders() {
        checkOpen();
        return platform.holders();
    }

    @Override
    public Usage usage() {
        End.carryOn();
        Set<LiveHeap> all = registry.all();
        var ledger = buffers.ledger();
        return new Usage(
                all.stream().mapToLong(LiveHeap::handles).sum(),
                ledger.handles(),
                all.stream().mapToLong(LiveHeap::buffers).sum() + ledger.importedBuffers(),
                all.stream().mapToLong(LiveHeap::bytes).reduce(ledger.importedBytes(), Ledger::sum),
                ledger.mappings(),
                ledger.accesses(),
                ledger.attachments(),
                quarantine.bytes(),
                teeObjects.sum(),
                limit.overdue(),
                ledger.descriptors(),
                ledger.fences().sum(),
                ledger.sockets().sum(),
                ledger.choices().sum());
    }

    private void checkOpen() {
        if (closing.hasBegun()) {
            throw new IllegalStateException("these heaps are closed");
        }
    }

    /** All that it takes is done, whatever fails on the way; the first failure is thrown, with the others added to it. */
    @Override
    public void close() {
        closing.close(registry::close, plugins::close, platformUse::close);
    }
}
