package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Answer;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The restricted heaps of MediaTek kernels, under each of the names that the series gave them: {@code mtk_svp*} (v1),
 * {@code secure_mtk_*} (v2, v3), {@code restricted_mtk_*} (v4, v5). All belong to the secure video path. The secure world owns the
 * memory and may scatter it.
 *
 * <p>Where such a kernel has them they are offered as they are. Where a platform has the regions and a TEE, and no kernel in between,
 * this plugin does what the kernel's driver does: {@code restricted_mtk_cm} in a region that is {@code no-map}, and
 * {@code restricted_mtk_cma} in one that is {@code reusable}.
 */
public final class MediaTekHeaps implements HeapProvider {
    private static final Pattern NAME = Pattern.compile("restricted_mtk_.+|secure_mtk_.+|mtk_svp.*");

    /** The binding of the fourth version and later. */
    private static final String REGION = "mediatek,dynamic-restricted-region";

    /** Heaps of older Android kernels, whose driver does not ask the secure world for zeros. */
    private static final Pattern WITHOUT_ZEROING = Pattern.compile("mtk_svp_(region|page).*");

    /** For {@link java.util.ServiceLoader}. */
    public MediaTekHeaps() {}

    @Override
    public String id() {
        return "heaps-restricted-mtk";
    }

    @Override
    public void start(HeapContext context) {
        Set<String> offered = new HashSet<>();
        context.probe(() -> offerKernelHeaps(context, offered));
        if (offered.isEmpty()) {
            offerRegions(context, offered);
        }
        if (offered.isEmpty()) {
            context.logger()
                    .log(
                            Level.DEBUG,
                            "no MediaTek heap: the platform {0} has none called restricted_mtk_*, secure_mtk_* or mtk_svp*, which only"
                                    + " MediaTek''s own kernels have, and no region that is {1}",
                            context.platform().name(),
                            REGION);
        }
    }

    private static void offerKernelHeaps(HeapContext context, Set<String> offered) {
        for (KernelHeap heap : context.platform().kernelHeaps()) {
            String name = heap.name();
            if (NAME.matcher(name).matches() && !offered.contains(name)) {
                context.register(new HeapSpec(name, traits(name)), heap);
                offered.add(name);
            }
        }
    }

    private static void offerRegions(HeapContext context, Set<String> offered) {
        var shared = new SharedSession(context.platform());
        for (MemoryRegion region : regions(context)) {
            String name = region.isNoMap() ? "restricted_mtk_cm" : "restricted_mtk_cma";
            offer(context, name, region, shared);
            offered.add(name);
        }
    }

    /** At most one of each kind, as in the series. */
    private static List<MemoryRegion> regions(HeapContext context) {
        List<MemoryRegion> all = context.platform().regions().stream()
                .filter(region -> region.compatible().equals(REGION))
                .toList();
        return Stream.of(true, false)
                .flatMap(isStatic -> all.stream()
                        .filter(region -> region.isNoMap() == isStatic)
                        .limit(1))
                .toList();
    }

    private static void offer(HeapContext context, String name, MemoryRegion region, SharedSession shared) {
        int pageSize = context.platform().pageSize();
        var application = new MemoryApplication(name, shared, pageSize);
        ObjLongConsumer<Throwable> quarantine = (refused, bytes) -> context.quarantine(name, bytes, refused);
        context.registerRestricted(
                new HeapSpec(name, traits(name)).withRegions(region.name()),
                region.isNoMap()
                        ? new StaticHeap(name, region, application, pageSize, quarantine)
                        : new LentHeap(
                                name,
                                region,
                                application,
                                pageSize,
                                quarantine,
                                problem -> problem.ifPresentOrElse(
                                        context::report, () -> context.withdrawReport(Problem.Kind.QUARANTINED, name)),
                                lendable -> isLent(context.platform(), lendable)));
    }

    private static boolean isLent(Platform platform, MemoryRegion region) {
        return platform.memoryMap().areas().stream()
                .filter(area -> area.name().equals(region.name()))
                .flatMap(area -> area.extents().stream().flatMap(List::stream))
                .anyMatch(extent -> extent.lent());
    }

    private static Traits traits(String name) {
        Answer zeroed = WITHOUT_ZEROING.matcher(name).matches() ? Answer.UNKNOWN : Answer.YES;
        var protection = new Protection(Kind.INACCESSIBLE, "secure-video");
        return new Traits(Answer.UNKNOWN, Answer.UNKNOWN, Answer.NO, zeroed, 4096, Optional.of(protection));
    }
}
