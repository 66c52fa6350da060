package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Type;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.util.function.ObjLongConsumer;

/** {@code restricted_mtk_cm}: memory that the secure world has from boot on, for compressed streams and what codecs work with. */
final class StaticHeap extends SecureWorldHeap {
    private static final PhysicalRange NOTHING_LENT = new PhysicalRange(0, 0);

    StaticHeap(
            String name,
            MemoryRegion region,
            MemoryApplication application,
            int pageSize,
            ObjLongConsumer<Throwable> quarantine) {
        super(name, region, application, pageSize, quarantine);
    }

    @Override
    void connected() {}

    @Override
    void entered(boolean first) {}

    @Override
    Given give(long size) {
        return application().allocate(Type.STATIC, size, NOTHING_LENT);
    }

    @Override
    void left(boolean last) {}

    @Override
    Openable openable() {
        return Openable.YES;
    }

    /** The memory is the secure world's before and after. */
    @Override
    void ended(long withheldBytes) {}
}
