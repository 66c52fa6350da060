package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The restricted heaps of MediaTek kernels, under each of the names that the series gave them: {@code mtk_svp*} (v1),
 * {@code secure_mtk_*} (v2, v3), {@code restricted_mtk_*} (v4, v5). All belong to the secure video path. The secure world owns the
 * memory and may scatter it.
 */
public final class MediaTekHeaps implements HeapProvider {
    private static final Pattern NAME = Pattern.compile("restricted_mtk_.+|secure_mtk_.+|mtk_svp.*");

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
        List<KernelHeap> heaps = context.platform().kernelHeaps().stream()
                .filter(heap -> NAME.matcher(heap.name()).matches())
                .toList();
        heaps.forEach(heap -> context.register(new HeapSpec(heap.name(), traits(heap.name())), heap));
        if (heaps.isEmpty()) {
            context.logger()
                    .log(
                            Level.INFO,
                            "no MediaTek heap: the platform {0} has none called restricted_mtk_*, secure_mtk_* or mtk_svp*; only"
                                    + " MediaTek''s own kernels do",
                            context.platform().name());
        }
    }

    private static Traits traits(String name) {
        Answer zeroed = WITHOUT_ZEROING.matcher(name).matches() ? Answer.UNKNOWN : Answer.YES;
        var protection = new Protection(Kind.INACCESSIBLE, "secure-video");
        return new Traits(Answer.UNKNOWN, Answer.UNKNOWN, Answer.NO, zeroed, 4096, Optional.of(protection));
    }
}
