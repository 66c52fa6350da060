package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.PhysicalRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the pieces of a buffer are, as RETRIEVE_SG tells it: packed records of a 64-bit address and a 32-bit length. The other world is
 * not trusted to tell sense, since devices are sent to these addresses.
 */
final class BlockList {
    /** The bytes of a record. */
    static final long RECORD = Long.BYTES + Integer.BYTES;
    /** More pieces than this are no answer: 4 GiB of single pages. */
    static final long MOST = 1 << 20;

    private static final ValueLayout.OfLong ADDRESS =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private BlockList() {}

    static List<PhysicalRange> read(MemorySegment list, long count) {
        List<PhysicalRange> places = new ArrayList<>();
        for (long index = 0; index < count; index++) {
            long address = list.get(ADDRESS, index * RECORD);
            long length = Integer.toUnsignedLong(list.get(LENGTH, index * RECORD + Long.BYTES));
            places.add(place(address, length));
        }
        return places;
    }

    static PhysicalRange place(long address, long length) {
        if (address <= 0 || length <= 0 || length > Long.MAX_VALUE - address) {
            throw nonsense("%d bytes at 0x%x".formatted(length, address));
        }
        return new PhysicalRange(address, length);
    }

    /** The places, if they are whole pages that make up a buffer of this size. */
    static List<PhysicalRange> checked(List<PhysicalRange> places, long size, int page) {
        long total = 0;
        for (PhysicalRange place : places) {
            if (place.base() % page != 0 || place.size() % page != 0) {
                throw nonsense(place + ", which are no whole pages");
            }
            total += place.size();
        }
        if (total != size) {
            throw nonsense(total + " bytes for a buffer of " + size);
        }
        return places;
    }

    static HeapException nonsense(String what) {
        return HeapException.of(ErrorCode.SYSTEM_ERROR, "the secure world gave out memory that cannot be: " + what)
                .operation("RETRIEVE_SG")
                .errno("EINVAL")
                .hint(
                        "Its memory application and this plugin do not speak the same protocol: v5 of the kernel series is expected")
                .build();
    }
}
