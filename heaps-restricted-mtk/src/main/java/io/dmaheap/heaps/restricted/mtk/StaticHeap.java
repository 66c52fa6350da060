package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Type;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;

/** {@code restricted_mtk_cm}: memory that the secure world has from boot on, for compressed streams and what codecs work with. */
final class StaticHeap extends SecureWorldHeap {
    private static final PhysicalRange NOTHING_LENT = new PhysicalRange(0, 0);

    StaticHeap(String name, MemoryRegion region, MemoryApplication application, int pageSize) {
        super(name, region, application, pageSize);
    }

    @Override
    void connected() {}

    @Override
    void entered(boolean first) {}

    @Override
    Given give(long size) {
        return application().allocate(Type.STATIC, size, pageSize(), NOTHING_LENT);
    }

    @Override
    void left(boolean last) {}
}
