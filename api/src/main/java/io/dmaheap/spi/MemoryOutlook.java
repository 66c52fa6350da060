package io.dmaheap.spi;

import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.PublicApi;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a buffer of a heap lies, or would lie if it were allocated now. Immutable. {@link PlatformDevice#usability} decides by it, both
 * before an allocation and when a buffer is attached.
 *
 * @param size the bytes of the buffer; 0 if not known yet
 * @param segments where it lies, in the order of the buffer; empty if that cannot be told
 * @param within the memory that buffers of the heap come from; empty if that cannot be told
 * @param contiguous whether each buffer of the heap is one segment
 * @param accessList who may touch the buffer once it is allocated; empty if the platform knows
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS, stability = PublicApi.Stability.EXPERIMENTAL)
public record MemoryOutlook(
        long size,
        List<PhysicalRange> segments,
        List<PhysicalRange> within,
        Answer contiguous,
        Optional<AccessList> accessList) {
    /** A buffer of one page is in one piece, whatever the heap. In bytes. */
    private static final long PAGE = 4096;

    /** Checks that all parts are there, and copies the lists. */
    public MemoryOutlook {
        segments = List.copyOf(segments);
        within = List.copyOf(within);
        Objects.requireNonNull(contiguous, "contiguous");
        Objects.requireNonNull(accessList, "accessList");
        if (size < 0) {
            throw new IllegalArgumentException("size must not be negative: " + size);
        }
    }

    /** A buffer that lies in these segments. */
    public static MemoryOutlook at(List<PhysicalRange> segments) {
        long size = segments.stream().mapToLong(PhysicalRange::size).sum();
        return new MemoryOutlook(size, segments, segments, Answer.of(segments.size() == 1), Optional.empty());
    }

    /** A buffer of {@code size} bytes somewhere in this memory. */
    public static MemoryOutlook within(long size, List<PhysicalRange> memory, Answer contiguous) {
        return new MemoryOutlook(size, List.of(), memory, contiguous, Optional.empty());
    }

    /** The same buffer, which would lie in these segments if it were allocated now. */
    public MemoryOutlook withSegments(List<PhysicalRange> places) {
        return new MemoryOutlook(size, places, within, contiguous, accessList);
    }

    /** The same buffer, which only these devices may touch. */
    public MemoryOutlook withAccessList(AccessList allowed) {
        return new MemoryOutlook(size, segments, within, contiguous, Optional.of(allowed));
    }

    /** Any buffer of this size that the heap may give out, wherever it lies. */
    public MemoryOutlook anywhere() {
        return withSegments(List.of());
    }

    /** Whether a buffer of this size is one segment. */
    public Answer isOneSegment() {
        if (!segments.isEmpty()) {
            return Answer.of(segments.size() == 1);
        }
        return size > 0 && size <= PAGE ? Answer.YES : contiguous;
    }

    /**
     * Whether a device with these constraints can use the buffer, as far as number, size and addresses of the segments decide. Memory of
     * which nothing is known suits a device that can use any.
     */
    public Usability usability(Constraints device) {
        return count(device).and(lengths(device)).and(addresses(device));
    }

    private Usability count(Constraints device) {
        if (device.behindIommu() || isOneSegment() == Answer.YES || isAtMost(device.maxSegments())) {
            return Usability.YES;
        }
        String limit = device.maxSegments() == 1
                ? "it needs contiguous memory"
                : "it takes " + device.maxSegments() + " segments";
        if (segments.isEmpty()) {
            return device.maxSegments() == 1 && isOneSegment() == Answer.NO
                    ? Usability.no(limit + ", and this is scattered")
                    : Usability.unknown(limit + ", and how many a buffer has shows when it is allocated");
        }
        if (segments.size() <= device.maxSegments()) {
            return Usability.YES;
        }
        return Usability.no(limit
                + (device.maxSegments() == 1
                        ? ", and this is in " + segments.size() + " pieces"
                        : ", and this has " + segments.size()));
    }

    /** Whether even a buffer of single pages has no more segments than that. */
    private boolean isAtMost(int most) {
        return most == Integer.MAX_VALUE || size > 0 && size <= PAGE * most;
    }

    private Usability lengths(Constraints device) {
        if (device.maxSegmentSize() == Long.MAX_VALUE) {
            return Usability.YES;
        }
        String limit = "it takes segments of " + device.maxSegmentSize() + " bytes";
        if (segments.isEmpty()) {
            if (size > 0 && size <= device.maxSegmentSize()) {
                return Usability.YES;
            }
            return size > 0 && isOneSegment() == Answer.YES
                    ? Usability.no(limit + ", and this is one of " + size)
                    : Usability.unknown(limit + ", and how long those of a buffer are shows when it is allocated");
        }
        long longest = segments.stream().mapToLong(PhysicalRange::size).max().orElse(0);
        return longest <= device.maxSegmentSize()
                ? Usability.YES
                : Usability.no(limit + ", and this is one of " + longest);
    }

    private Usability addresses(Constraints device) {
        if (device.addressBits() >= Long.SIZE - 1 || device.behindIommu()) {
            return Usability.YES;
        }
        return reachable(
                List.of(new PhysicalRange(0, 1L << device.addressBits())),
                "it has " + device.addressBits() + " address bits");
    }

    /**
     * Whether the buffer lies where a device reaches it.
     *
     * @param windows what the device reaches; each segment must lie in one of them
     * @param limit what keeps it from reaching more, as a clause that begins with "it"
     */
    public Usability reachable(List<PhysicalRange> windows, String limit) {
        if (!segments.isEmpty()) {
            return beyond(segments, windows)
                    .map(segment -> Usability.no(limit + ", and does not reach " + segment))
                    .orElse(Usability.YES);
        }
        if (within.isEmpty()) {
            return Usability.unknown(limit + ", and where this memory lies shows when it is allocated");
        }
        return beyond(within, windows)
                .map(part -> hasRoom(windows)
                        ? Usability.unknown(limit + ", and does not reach all of " + part
                                + ": where a buffer lies shows when it is allocated")
                        : Usability.no(limit + ", and does not reach " + part))
                .orElse(Usability.YES);
    }

    private static Optional<PhysicalRange> beyond(List<PhysicalRange> parts, List<PhysicalRange> windows) {
        return parts.stream()
                .filter(part -> windows.stream().noneMatch(window -> window.contains(part)))
                .findFirst();
    }

    /** Whether a buffer could lie where the windows lead. */
    private boolean hasRoom(List<PhysicalRange> windows) {
        long wanted = isOneSegment() == Answer.YES ? Math.max(size, PAGE) : PAGE;
        return within.stream()
                .anyMatch(part -> windows.stream()
                        .anyMatch(window ->
                                Math.min(part.end(), window.end()) - Math.max(part.base(), window.base()) >= wanted));
    }
}
