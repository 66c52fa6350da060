package io.dmaheap.emulator.devicetree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Some bytes of an address space.
 *
 * @param base the first address
 * @param size the number of bytes; {@code base + size} stays below 2^63, which every real machine does
 */
public record AddressRange(long base, long size) {

    /** Checks that the range stays within the address space. */
    public AddressRange {
        if (!isValid(base, size)) {
            throw new IllegalArgumentException("no address range: 0x%x bytes at 0x%x".formatted(size, base));
        }
    }

    /** Whether these make a range: neither is negative and the end does not overflow. */
    public static boolean isValid(long base, long size) {
        return base >= 0 && size >= 0 && size <= Long.MAX_VALUE - base;
    }

    /** The first address after the range. */
    public long end() {
        return base + size;
    }

    /** Whether all of {@code other} lies within. */
    public boolean contains(AddressRange other) {
        return base <= other.base && other.end() <= end();
    }

    /** Whether the two share a byte. */
    public boolean overlaps(AddressRange other) {
        return Math.max(base, other.base) < Math.min(end(), other.end());
    }

    /** Whether base and size are multiples of {@code bytes}. */
    public boolean isAlignedTo(long bytes) {
        return base % bytes == 0 && size % bytes == 0;
    }

    /** The largest part whose base and size are multiples of {@code bytes}; empty if there is none. */
    public Optional<AddressRange> aligned(long bytes) {
        long from = Math.ceilDiv(base, bytes) * bytes;
        long to = end() / bytes * bytes;
        return from < to ? Optional.of(new AddressRange(from, to - from)) : Optional.empty();
    }

    /** What is left of this range without {@code taken}, which may overlap and come in any order; ascending. */
    public List<AddressRange> without(List<AddressRange> taken) {
        var left = new ArrayList<AddressRange>();
        long next = base;
        for (var hole : taken.stream()
                .filter(this::overlaps)
                .sorted(Comparator.comparingLong(AddressRange::base))
                .toList()) {
            if (hole.base > next) {
                left.add(new AddressRange(next, hole.base - next));
            }
            next = Math.max(next, hole.end());
        }
        if (next < end()) {
            left.add(new AddressRange(next, end() - next));
        }
        return List.copyOf(left);
    }

    /** First address and first address after, in hexadecimal. */
    @Override
    public String toString() {
        return "0x%x-0x%x".formatted(base, end());
    }
}
