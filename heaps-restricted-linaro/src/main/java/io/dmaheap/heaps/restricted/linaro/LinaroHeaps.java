package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.RestrictedHeapOps;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Protected heaps of Linaro and OP-TEE: contiguous, kept from the CPU by the bus firewall, and never cleared between two owners,
 * unless the operator names a trusted application for it.
 *
 * <p>Where a kernel has them (drivers/tee/tee_heap.c, Linux 6.18 and later) they are offered as they are. Where a platform has a
 * {@code linaro,restricted-heap} carveout, or OP-TEE's service for protected memory and no kernel in between, this plugin does what
 * the kernel's drivers do.
 */
public final class LinaroHeaps implements HeapProvider {
    /** As of 2024, and of 2022. */
    private static final Set<String> CARVEOUTS = Set.of("linaro,restricted-heap", "linaro,secure-heap");

    /** The bindings name no use; this is what OP-TEE calls such memory ({@code CFG_SECURE_DATA_PATH}). */
    private static final String CARVEOUT_USE = "secure-data-path";

    private static final int LONGEST_CARVEOUT_NAME = 32;

    /** The trusted application that overwrites every buffer before another owner is given it, if the operator wants that. */
    private static final String SCRUB = "scrub";

    private @Nullable Scrubber scrubber;

    /** For {@link java.util.ServiceLoader}. */
    public LinaroHeaps() {}

    @Override
    public String id() {
        return "heaps-restricted-linaro";
    }

    @Override
    public void start(HeapContext context) {
        String application = context.configuration().get(SCRUB);
        if (application != null) {
            scrubber = Scrubber.parse(application, context.platform());
        }
        List<String> offered = new ArrayList<>();
        offerCarveouts(context, offered);
        var pools = context.platform()
                .protectedMemoryFirmware()
                .map(firmware -> new FirmwarePools(context, firmware, this::register));
        context.probe(() -> {
            offerKernelHeaps(context, offered);
            pools.ifPresent(present -> present.offer(offered));
        });
        if (offered.isEmpty()) {
            context.logger()
                    .log(
                            Level.DEBUG,
                            "no protected heap: the platform {0} has none called protected,USE; the kernel makes them when OP-TEE offers"
                                    + " protected memory (Linux 6.18, CFG_CORE_DYN_PROTMEM or a secure data path region in OP-TEE)",
                            context.platform().name());
        }
    }

    /** After the last buffer of every heap. */
    @Override
    public void stop() {
        if (scrubber != null) {
            scrubber.close();
        }
    }

    private <M extends Memory> void register(HeapContext context, HeapSpec spec, RestrictedHeapOps<M> ops) {
        context.registerRestricted(spec, scrubber == null ? ops : new ScrubbedHeap<>(ops, scrubber));
    }

    private void offerKernelHeaps(HeapContext context, List<String> offered) {
        for (KernelHeap heap : context.platform().kernelHeaps()) {
            UseCase.ofHeap(heap.name())
                    .filter(use -> !offered.contains(use.heap()))
                    .ifPresent(use -> {
                        if (scrubber == null) {
                            context.register(use.spec(), heap);
                        } else {
                            context.registerRestricted(use.spec(), new ScrubbedKernelHeap(heap, scrubber));
                        }
                        offered.add(heap.name());
                    });
        }
    }

    private void offerCarveouts(HeapContext context, List<String> offered) {
        Platform platform = context.platform();
        for (MemoryRegion region : platform.regions()) {
            if (!CARVEOUTS.contains(region.compatible())) {
                continue;
            }
            if (!region.isNoMap()) {
                context.report(unusable(
                        region.name(),
                        "a " + region.compatible() + " without no-map: the CPU would map protected memory",
                        "Add no-map; to the node in the device tree"));
                continue;
            }
            String name = carveoutName(region.name());
            var traits = Traits.protectedFor(new Protection(Kind.INACCESSIBLE, CARVEOUT_USE));
            var pool = new DividedRange(name, region, region.range(), platform.pageSize());
            try {
                register(context, new HeapSpec(name, traits).withRegions(region.name()), new FixedHeap(pool));
                offered.add(name);
            } catch (HeapException taken) {
                context.logger().log(Level.WARNING, "the carveout " + region.name() + " is not offered", taken);
            }
        }
    }

    /** The node's name up to the unit address, as far as it goes. */
    private static String carveoutName(String node) {
        int at = node.indexOf('@');
        String name = at < 0 ? node : node.substring(0, at);
        return name.substring(0, Math.min(name.length(), LONGEST_CARVEOUT_NAME));
    }

    /** A problem with memory that the machine has for this plugin. */
    static Problem unusable(String subject, String message, String hint) {
        return Problem.of(Problem.Kind.UNUSABLE_MEMORY, subject, message, hint, null);
    }
}
