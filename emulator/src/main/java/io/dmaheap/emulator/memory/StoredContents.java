package io.dmaheap.emulator.memory;

import io.dmaheap.emulator.bus.Contents;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The bytes of protected memory, which may be in several places.
 *
 * @param store where they are
 * @param ranges which they are, in the order of the buffer
 */
public record StoredContents(SecureStore store, List<AddressRange> ranges) implements Contents {
    /** Copies the list. */
    public StoredContents {
        ranges = List.copyOf(ranges);
    }

    @Override
    public long size() {
        return ranges.stream().mapToLong(AddressRange::size).sum();
    }

    @Override
    public void read(long offset, MemorySegment into) {
        each(offset, into, store::read);
    }

    @Override
    public void write(long offset, MemorySegment from) {
        each(offset, from, store::write);
    }

    private interface Transfer {
        void move(long address, MemorySegment part);
    }

    private void each(long offset, MemorySegment bytes, Transfer transfer) {
        long start = 0;
        for (AddressRange range : ranges) {
            long from = Math.max(offset, start);
            long to = Math.min(offset + bytes.byteSize(), start + range.size());
            if (from < to) {
                transfer.move(range.base() + from - start, bytes.asSlice(from - offset, to - from));
            }
            start += range.size();
        }
    }

    /** Nothing to let go of. */
    @Override
    public void close() {}
}
