package io.dmaheap.allocators;

/**
 * A run of addresses or page frames: bytes where a {@link Pool} speaks, pages where a {@link CmaArea} does.
 *
 * @param start the first address or frame number, not negative
 * @param size how many bytes or pages, at least 1
 */
public record Range(long start, long size) {

    /** Checks that the range is not empty and that its end is a positive {@code long}. */
    public Range {
        if (start < 0 || size <= 0 || start > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException("not a range: start " + start + ", size " + size);
        }
    }

    /** The first address or frame number behind the range. */
    public long end() {
        return start + size;
    }

    /** Whether all of {@code other} lies in this range. */
    public boolean contains(Range other) {
        return start <= other.start && other.end() <= end();
    }

    /** Whether the two have anything in common. */
    public boolean overlaps(Range other) {
        return start < other.end() && other.start < end();
    }

    /** The first and the last address or frame, in hexadecimal as in {@code /proc/iomem}. */
    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end() - 1);
    }
}
