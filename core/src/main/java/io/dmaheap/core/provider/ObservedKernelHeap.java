package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A heap of the platform's kernel, as opposed to what a plugin calls one.
 *
 * @param heap the real one
 * @param releases sees what becomes of its memory
 */
record ObservedKernelHeap(KernelHeap heap, ReleaseWatch releases) implements KernelHeap {
    /** As the kernel's own and the vendors' drivers name heaps of protected memory. */
    private static final Pattern PROTECTED = Pattern.compile("(protected|restricted|secure|mtk_svp).*");

    /**
     * Whether its memory can be called protected: by its name, since no ioctl tells, or because the operator named it to the plugin.
     *
     * @param named the values of the plugin's settings
     */
    boolean isForProtection(Collection<String> named) {
        return PROTECTED.matcher(name()).matches() || named.contains(name());
    }

    @Override
    public String name() {
        return heap.name();
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        return releases.watch(heap.allocate(request));
    }

    @Override
    public long heapFlags() {
        return heap.heapFlags();
    }

    @Override
    public HeapStatus status() {
        return heap.status();
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return heap.outlook(size);
    }

    @Override
    public void close() {
        heap.close();
    }
}
