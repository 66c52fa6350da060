package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.ProtectedMemoryFirmware.Attribute;
import io.dmaheap.spi.ProtectedMemoryFirmware.Config;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The pools that OP-TEE offers, one heap for each use case: the secure world's own range where it has one for the use, which is only
 * ever secure video playback, else a lent one (drivers/tee/optee/smc_abi.c). At first the firmware is only asked what it wants; what it
 * answers stays, and if it does not answer it is asked again. Not safe for use by several threads.
 */
final class FirmwarePools {
    private final HeapContext context;
    private final Platform platform;
    private final ProtectedMemoryFirmware firmware;
    private final Optional<LendablePages> pages;
    private final Registration registration;
    /** What the firmware has answered for. */
    private final Set<UseCase> answered = EnumSet.noneOf(UseCase.class);
    /** What it was asked for in vain, as was reported. */
    private final Set<UseCase> unanswered = EnumSet.noneOf(UseCase.class);

    /** Offers a heap. */
    interface Registration {
        void register(HeapContext context, HeapSpec spec, RestrictedHeapOps<PooledBuffer> ops);
    }

    FirmwarePools(HeapContext context, ProtectedMemoryFirmware firmware, Registration registration) {
        this.registration = registration;
        this.context = context;
        this.platform = context.platform();
        this.firmware = firmware;
        this.pages = firmware.lendable().map(region -> new LendablePages(region, platform.pageSize()));
    }

    /** Registers a heap for every use case that has none yet, as far as the firmware answers, and adds its name. */
    void offer(List<String> offered) {
        for (UseCase use : UseCase.values()) {
            if (!offered.contains(use.heap()) && !answered.contains(use)) {
                heap(use).ifPresent(pool -> {
                    registration.register(context, use.spec().withRegions(pool.region()), pool.ops());
                    offered.add(use.heap());
                });
            }
        }
    }

    /**
     * The operations of a heap.
     *
     * @param region the name of the region that its memory comes from
     */
    private record Pool(String region, RestrictedHeapOps<PooledBuffer> ops) {}

    private Optional<Pool> heap(UseCase use) {
        if (use == UseCase.SECURE_VIDEO) {
            var fixed = firmware.staticPool().flatMap(range -> fixed(use, range));
            if (fixed.isPresent()) {
                return fixed;
            }
        }
        try {
            Optional<Config> config = firmware.config(use.id());
            answered.add(use);
            if (unanswered.remove(use)) {
                context.withdrawReport(Problem.Kind.UNUSABLE_MEMORY, use.heap());
            }
            return config.flatMap(wanted -> lent(use, wanted));
        } catch (HeapException refusal) {
            switch (refusal.code()) {
                case DEVICE_GONE, TIMED_OUT, INTERRUPTED -> noAnswer(use, refusal);
                default -> refused(use, refusal);
            }
            return Optional.empty();
        }
    }

    private void refused(UseCase use, HeapException refusal) {
        answered.add(use);
        context.report(Problem.of(
                Problem.Kind.UNUSABLE_MEMORY,
                use.heap(),
                "OP-TEE does not say what memory it wants",
                "See `dmesg` for what its driver says",
                refusal));
    }

    /** Whether there is such a heap only the firmware knows, so there is none to offer before it has told. */
    private void noAnswer(UseCase use, HeapException refusal) {
        if (unanswered.add(use)) {
            context.report(Problem.of(
                    Problem.Kind.UNUSABLE_MEMORY,
                    use.heap(),
                    "OP-TEE does not answer yet",
                    "The heap is offered when it does; see `dmesg` for what its driver says",
                    refusal));
        }
    }

    private Optional<Pool> fixed(UseCase use, PhysicalRange range) {
        long page = platform.pageSize();
        var region = platform.regions().stream()
                .filter(one -> one.isNoMap() && one.range().contains(range))
                .findFirst();
        if (range.size() == 0 || range.base() % page != 0 || range.size() % page != 0 || region.isEmpty()) {
            context.report(LinaroHeaps.unusable(
                    "OP-TEE",
                    "reports the static pool " + range + " for " + use.heap()
                            + ", which is not made of pages of a no-map region",
                    "Reserve exactly this range with no-map in the device tree"));
            return Optional.empty();
        }
        var divided = new DividedRange(use.heap(), region.get(), range, platform.pageSize());
        return Optional.of(new Pool(region.get().name(), new FixedHeap(divided)));
    }

    private Optional<Pool> lent(UseCase use, Config config) {
        if (pages.isEmpty() || !suits(pages.get().region(), config)) {
            context.report(LinaroHeaps.unusable(
                    use.heap(),
                    "OP-TEE wants " + config.minimumSize() + " bytes at a multiple of " + config.alignment()
                            + ", with addresses of " + config.addressBits()
                            + " bits, and its driver has no such memory to lend",
                    "Give OP-TEE's node a reusable memory-region that is large enough"));
            return Optional.empty();
        }
        var heap = new LentHeap(
                use,
                firmware,
                config,
                users(config),
                pages.get(),
                platform.pageSize(),
                (refused, bytes) -> context.quarantine(use.heap(), bytes, refused));
        return Optional.of(new Pool(pages.get().region().name(), heap));
    }

    /** The devices that the firmware knows by these numbers. */
    private AccessList users(Config config) {
        Map<String, Access> grants = new HashMap<>();
        for (Attribute attribute : config.attributes()) {
            platform.devices().stream()
                    .filter(device -> device.endpoint().equals(OptionalInt.of(attribute.endpoint())))
                    .forEach(device -> grants.put(
                            device.name(),
                            attribute.permissions() == Attribute.READ_WRITE ? Access.READ_WRITE : Access.READ));
        }
        return new AccessList(grants);
    }

    private static boolean suits(MemoryRegion region, Config config) {
        boolean reached =
                config.addressBits() >= Long.SIZE - 1 || region.range().end() <= 1L << config.addressBits();
        long aligned = Math.ceilDiv(region.base(), config.alignment()) * config.alignment();
        return reached && config.minimumSize() <= region.range().end() - aligned;
    }
}
