package io.dmaheap.heaps.cma;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapException;
import io.dmaheap.allocators.Migration;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place that the area proposes, where the kernel migrates pages away. What fails for another reason than a busy page ends
 * the search as it is, for the caller to see. One request at a time.
 */
final class Occupation implements Migration {
    private final MemoryRegion region;
    private final int pageSize;
    private @Nullable AllocationRequest wanted;
    private @Nullable Memory taken;

    Occupation(MemoryRegion region, int pageSize) {
        this.region = region;
        this.pageSize = pageSize;
    }

    /** What the next places are proposed for. */
    void want(AllocationRequest request) {
        wanted = request;
    }

    /** What was taken. */
    Memory handOver() {
        Memory memory = Objects.requireNonNull(taken, "nothing was taken");
        taken = null;
        return memory;
    }

    @Override
    public Outcome migrate(Range pages) {
        try {
            taken = region.take(pages.start() * pageSize - region.base(), Objects.requireNonNull(wanted, "request"));
            return Outcome.MOVED;
        } catch (HeapException e) {
            if (e.errno().filter("EBUSY"::equals).isPresent()) {
                return Outcome.BUSY;
            }
            throw e;
        }
    }
}
