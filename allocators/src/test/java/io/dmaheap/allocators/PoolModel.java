package io.dmaheap.allocators;

import java.util.ArrayList;
import java.util.List;

/** The rules of {@code lib/genalloc.c} over {@link BitmapModel}s. */
class PoolModel {
    record ModelChunk(Range range, BitmapModel bits) {}

    final int granuleOrder;
    final List<ModelChunk> chunks = new ArrayList<>();

    PoolModel(int granuleOrder) {
        this.granuleOrder = granuleOrder;
    }

    void add(Range range) {
        chunks.addFirst(new ModelChunk(range, new BitmapModel((int) (range.size() >> granuleOrder))));
    }

    /** The address, or -1. */
    long allocate(long size, Placement rule) {
        if (size == 0) {
            return -1;
        }
        long bits = size + (1L << granuleOrder) - 1 >> granuleOrder;
        for (ModelChunk chunk : chunks) {
            if (size > free(chunk)) {
                continue;
            }
            long bit = find(chunk, bits, rule);
            if (bit < chunk.bits.size) {
                chunk.bits.busy.set((int) bit, (int) (bit + bits));
                return chunk.range.start() + (bit << granuleOrder);
            }
        }
        return -1;
    }

    void free(long address, long size) {
        long bits = size + (1L << granuleOrder) - 1 >> granuleOrder;
        for (ModelChunk chunk : chunks) {
            if (chunk.range.start() <= address && address < chunk.range.end()) {
                int bit = (int) (address - chunk.range.start() >> granuleOrder);
                chunk.bits.busy.clear(bit, (int) (bit + bits));
            }
        }
    }

    long free() {
        return chunks.stream().mapToLong(this::free).sum();
    }

    private long free(ModelChunk chunk) {
        return chunk.range.size() - ((long) chunk.bits.busy.cardinality() << granuleOrder);
    }

    long find(ModelChunk chunk, long bits, Placement rule) {
        return switch (rule) {
            case Placement.FirstFit _ -> chunk.bits.nextZeroArea(0, bits, 0, 0);
            case Placement.Aligned(long bytes) -> {
                long mask = (bytes + (1L << granuleOrder) - 1 >> granuleOrder) - 1;
                long offset = (chunk.range.start() & bytes - 1) >> granuleOrder;
                yield chunk.bits.nextZeroArea(0, bits, mask, offset);
            }
            case Placement.OrderAligned _ -> {
                long power = 1;
                while (power < bits) {
                    power *= 2;
                }
                yield chunk.bits.nextZeroArea(0, bits, power - 1, 0);
            }
            case Placement.BestFit _ -> bestFit(chunk.bits, bits);
            case Placement.Fixed(long offset) -> {
                long bit = offset >> granuleOrder;
                yield chunk.bits.nextZeroArea(bit, bits, 0, 0) == bit ? bit : chunk.bits.size;
            }
        };
    }

    long bestFit(BitmapModel map, long bits) {
        long best = map.size;
        long shortest = map.size + 1L;
        long index = map.nextZeroArea(0, bits, 0, 0);
        while (index < map.size) {
            long end = map.nextSet(index + bits, map.size);
            if (isBetter(end - index, shortest)) {
                shortest = end - index;
                best = index;
                if (shortest == bits) {
                    break;
                }
            }
            index = map.nextZeroArea(end + 1, bits, 0, 0);
        }
        return best;
    }

    boolean isBetter(long length, long shortest) {
        return length < shortest;
    }
}
