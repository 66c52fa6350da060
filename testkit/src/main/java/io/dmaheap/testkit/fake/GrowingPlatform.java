package io.dmaheap.testkit.fake;

import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformWatch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A platform whose kernel has no heaps until they appear, as when their drivers are modules.
 *
 * {@snippet :
 * var platform = new GrowingPlatform();
 * try (var context = new RecordingContext(platform)) {
 *     new VendorHeaps().start(context);
 *     platform.appear("vendor_frames");
 *     assertThat(context.heaps()).containsOnlyKeys("vendor_frames");
 * }
 * }
 *
 * <p>Safe for use by several threads.
 */
public final class GrowingPlatform implements Platform {
    private final List<KernelHeap> heaps = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    /** A platform without heaps. */
    public GrowingPlatform() {}

    /** A heap of this name comes; whoever watches is told before this returns. */
    public void appear(String name) {
        heaps.add(new FakeHeap(name));
        watchers.forEach(Runnable::run);
    }

    @Override
    public List<KernelHeap> kernelHeaps() {
        return List.copyOf(heaps);
    }

    @Override
    public PlatformWatch watch(Runnable gained) {
        Runnable mine = gained::run;
        watchers.add(mine);
        return () -> watchers.remove(mine);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public long availableMemory() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public void close() {}
}
