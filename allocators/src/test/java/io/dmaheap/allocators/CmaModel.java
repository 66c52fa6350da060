package io.dmaheap.allocators;

import java.util.ArrayList;
import java.util.List;

/** The rules of {@code mm/cma.c} over {@link BitmapModel}s. */
class CmaModel {
    record ModelRange(Range frames, BitmapModel bits) {}

    final List<ModelRange> ranges = new ArrayList<>();
    final int alignmentCap;
    final Occupant<Range> occupant;
    long available;

    CmaModel(List<Range> frames, int alignmentCap, Occupant<Range> occupant) {
        for (Range range : frames) {
            ranges.add(new ModelRange(range, new BitmapModel((int) range.size())));
            available += range.size();
        }
        this.alignmentCap = alignmentCap;
        this.occupant = occupant;
    }

    /** The first frame, or -1. */
    long allocate(long pages) {
        int order = 0;
        while (1L << order < pages && order < alignmentCap) {
            order++;
        }
        long mask = (1L << order) - 1;
        for (ModelRange range : ranges) {
            long offset = range.frames.start() & mask;
            long start = 0;
            while (pages > 0 && pages <= range.bits.size && pages <= available) {
                long bit = range.bits.nextZeroArea(start, pages, mask, offset);
                if (bit >= range.bits.size) {
                    break;
                }
                long frame = range.frames.start() + bit;
                try {
                    if (occupant.occupy(new Range(frame, pages)).isPresent()) {
                        range.bits.busy.set((int) bit, (int) (bit + pages));
                        available -= pages;
                        return frame;
                    }
                } catch (RuntimeException anyOtherError) {
                    return -1;
                }
                start = afterBusy(bit, mask, pages);
            }
        }
        return -1;
    }

    long afterBusy(long bit, long mask, long pages) {
        return bit + mask + 1;
    }

    void release(long frame, long pages) {
        for (ModelRange range : ranges) {
            if (range.frames.start() <= frame && frame < range.frames.end()) {
                int bit = (int) (frame - range.frames.start());
                range.bits.busy.clear(bit, (int) (bit + pages));
                available += pages;
            }
        }
    }
}
