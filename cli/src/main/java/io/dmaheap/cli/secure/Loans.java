package io.dmaheap.cli.secure;

import io.dmaheap.Device;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.cli.output.Sizes;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Watches what is lent to the secure world for the buffers of a video, from before the first to after the last. */
final class Loans {
    private static final String COMES_BACK = "what is lent comes back";
    private static final String EMPTY = "what was lent comes back empty";

    /** Where any device may look: the one whose programs get these pages. */
    private static final String USUAL_READER = "cpu";

    private final Heaps heaps;
    private final Set<Extent> before;
    private long withFirst;
    private List<Extent> lent = List.of();

    Loans(Heaps heaps) {
        this.heaps = heaps;
        this.before = new HashSet<>(extents());
    }

    private List<Extent> extents() {
        return heaps.memoryMap().areas().stream()
                .flatMap(area -> area.extents().stream())
                .flatMap(List::stream)
                .filter(Extent::lent)
                .toList();
    }

    private List<Extent> now() {
        return extents().stream().filter(extent -> !before.contains(extent)).toList();
    }

    private static long bytes(List<Extent> extents) {
        return extents.stream().mapToLong(Extent::size).sum();
    }

    /** There is one buffer. */
    void first() {
        withFirst = bytes(now());
    }

    /** There are all buffers. */
    void all() {
        lent = now();
    }

    boolean areSeen() {
        return !lent.isEmpty();
    }

    /** What came of it, once the buffers are closed. */
    List<Proof> proofs(int buffers) {
        long left = bytes(now());
        if (!areSeen() && left == 0) {
            return List.of(Proof.unknown(
                    COMES_BACK, "nothing was seen to be lent: the secure world owns the pool, or nobody here tells"));
        }
        long all = bytes(lent);
        String seen = Sizes.text(withFirst) + " lent with the first buffer, "
                + (all == withFirst ? "no more" : Sizes.text(all)) + " with all " + buffers + ", "
                + (left == 0 ? "nothing" : Sizes.text(left)) + " once they were closed";
        return List.of(Proof.of(left == 0, COMES_BACK, seen), left == 0 ? empty() : stillLent());
    }

    private static Proof stillLent() {
        return Proof.unknown(EMPTY, "it did not come back");
    }

    /** The normal world uses these pages for whatever it likes from now on, so nobody promises zeros any more. */
    private Proof empty() {
        Optional<Device> reader = heaps.devices().stream()
                .flatMap(info -> heaps.device(info.name()).stream())
                .filter(this::reads)
                .min(Comparator.comparing(device -> !device.info().name().equals(USUAL_READER)));
        if (reader.isEmpty()) {
            return Proof.unknown(EMPTY, "nobody here looks into memory that is the normal world's again");
        }
        Found found = lent.stream()
                .map(extent -> Found.in(extent.base(), extent.size(), reader.get()::busRead))
                .reduce(Found.NOTHING, Found::and);
        String who = reader.get().info().name() + " read all " + Sizes.text(found.read()) + " at the bus: ";
        return Proof.of(
                found.dirty() == 0,
                EMPTY,
                who + (found.dirty() == 0 ? "zeros" : Sizes.text(found.dirty()) + " are not zero"));
    }

    private boolean reads(Device device) {
        try {
            lent.forEach(extent -> device.busRead(extent.base(), MemorySegment.ofArray(new byte[1])));
            return true;
        } catch (HeapException cannot) {
            return false;
        }
    }
}
