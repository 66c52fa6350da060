package io.dmaheap.emulator.memory;

import io.dmaheap.AccessList;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who holds which part of the regions, by physical address, and what of them the normal world has lent. A lent range goes this way:
 *
 * <pre>
 *   lend ─▶ LENT ─▶ protect ─▶ PROTECTED ─▶ release (clears) ─▶ LENT ─▶ reclaim
 *   normal world    secure side             secure side                normal world
 * </pre>
 *
 * <p>In both states the bus is closed to the CPU; in the first it is closed to all. Safe for use by several threads.
 */
public final class PhysicalMemory {
    private final Firewall firewall;
    private final SecureStore store;
    private final Faults faults;
    private final NavigableMap<Long, Tenant> tenants = new TreeMap<>();
    private final Map<AddressRange, State> lent = new HashMap<>();

    private enum State {
        LENT,
        PROTECTED,
        /** The secure side is clearing it, which may take a while. */
        CLEARING
    }

    /**
     * What a part is taken for.
     *
     * @param region the region that it is of
     * @param label the buffer's label, if it has one
     * @param client on whose behalf it was asked for, if that was said
     */
    public record Owner(String region, Optional<String> label, Optional<String> client) {
        @Override
        public String toString() {
            return region + label.map(text -> ", " + text).orElse("");
        }
    }

    /**
     * A part that is taken.
     *
     * @param range its addresses
     * @param owner what it was taken for
     */
    public record Tenant(AddressRange range, Owner owner) {
        @Override
        public String toString() {
            return range + " (" + owner + ")";
        }
    }

    /** Memory that nobody holds. */
    public PhysicalMemory(Firewall firewall, SecureStore store, Faults faults) {
        this.firewall = firewall;
        this.store = store;
        this.faults = faults;
    }

    /**
     * Takes a range for the CPU to use.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} if some of it is taken or lent, by another heap on the same
     *     region as well; nothing is taken then
     */
    public synchronized void take(AddressRange range, Owner owner) {
        requireIdle(range, "take");
        occupy(List.of(range), owner);
    }

    /**
     * Takes ranges of the secure world's.
     *
     * @param secure where memory is the secure world's for good
     * @throws IllegalArgumentException if somebody has some of them, or some is the CPU's; nothing is taken then
     */
    public synchronized void takeClosed(List<AddressRange> ranges, Optional<AddressRange> secure, Owner owner) {
        for (AddressRange range : ranges) {
            if (secure.filter(all -> all.contains(range)).isEmpty()
                    && lent.keySet().stream().noneMatch(all -> all.contains(range))) {
                throw new IllegalArgumentException(
                        range + " is for the CPU to use: lend it before it is taken as protected memory");
            }
        }
        occupy(ranges, owner);
    }

    private void occupy(List<AddressRange> ranges, Owner owner) {
        for (int i = 0; i < ranges.size(); i++) {
            AddressRange range = ranges.get(i);
            Optional<Tenant> holder = holderOfSome(range);
            if (holder.isPresent()) {
                ranges.subList(0, i).forEach(this::giveBack);
                throw new IllegalArgumentException(range + " is not free: it overlaps " + holder.get());
            }
            tenants.put(range.base(), new Tenant(range, owner));
        }
    }

    /** Gives back a range that was taken as a whole. */
    public synchronized void giveBack(AddressRange range) {
        tenants.remove(range.base());
    }

    /** Who has some of the range; the one with the highest address if there are several. */
    public synchronized Optional<Tenant> holderOfSome(AddressRange range) {
        var below = tenants.lowerEntry(range.end());
        return below != null && below.getValue().range().overlaps(range)
                ? Optional.of(below.getValue())
                : Optional.empty();
    }

    /** Whether somebody has some of the range for the CPU to use. */
    public synchronized boolean isHeldUnlent(AddressRange range) {
        return lent.keySet().stream().noneMatch(loan -> loan.contains(range))
                && holderOfSome(range).isPresent();
    }

    /**
     * Everything at one moment.
     *
     * @param tenants what is taken, by address
     * @param lent what is lent, by address
     */
    public record Picture(List<Tenant> tenants, List<AddressRange> lent) {}

    /** Reads everything in one step. */
    public synchronized Picture picture() {
        return new Picture(
                List.copyOf(tenants.values()),
                lent.keySet().stream()
                        .sorted(Comparator.comparingLong(AddressRange::base))
                        .toList());
    }

    /** Pages that are in use cannot move, as pinned ones cannot. */
    private void requireIdle(AddressRange range, String operation) {
        loanOfSome(range).ifPresent(loan -> {
            throw busy(range + " is not free: " + loan + " is lent to the secure world already", operation)
                    .hint(
                            "Try another place. What is quarantined comes back when the machine or its secure world restarts")
                    .build();
        });
        holderOfSome(range).ifPresent(tenant -> {
            throw busy(range + " is not free: it overlaps " + tenant, operation)
                    .hint("Try another place, or close that buffer")
                    .build();
        });
    }

    private static HeapException.Builder busy(String what, String operation) {
        return HeapException.of(ErrorCode.OUT_OF_MEMORY, what)
                .operation(operation)
                .errno("EBUSY");
    }

    private Optional<AddressRange> loanOfSome(AddressRange range) {
        return lent.keySet().stream().filter(loan -> loan.overlaps(range)).findFirst();
    }

    /**
     * The normal world gives up a range.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} if some of it is taken or lent: the one who lent it may be
     *     gone, and the next one cannot know what did not come back
     */
    public synchronized void lend(AddressRange range) {
        requireIdle(range, "lend");
        firewall.lend(range, List.of(), List.of());
        lent.put(range, State.LENT);
    }

    /** The loans that begin in a range, ascending. */
    public synchronized List<AddressRange> loansIn(AddressRange range) {
        return lent.keySet().stream()
                .filter(loan -> range.base() <= loan.base() && loan.base() < range.end())
                .sorted(Comparator.comparingLong(AddressRange::base))
                .toList();
    }

    /** Whether exactly this range was lent and is protected. */
    public synchronized boolean isProtected(AddressRange range) {
        return lent.get(range) == State.PROTECTED;
    }

    /**
     * The secure side lets some devices reach a lent range.
     *
     * @param range exactly what was lent
     * @throws HeapException if the firewall refuses; then nobody reaches it
     * @throws IllegalArgumentException if it was not lent, or is protected already
     */
    public void protect(AddressRange range, AccessList allowed) {
        faults.pass(FaultPoint.RESTRICT);
        synchronized (this) {
            require(range, State.LENT, "lent and unprotected");
            firewall.admit(range, allowed);
            lent.put(range, State.PROTECTED);
        }
    }

    /**
     * The secure side clears a protected range and lets go of it.
     *
     * @param range exactly what was protected
     * @throws HeapException if the firewall refuses or the memory cannot be cleared; it stays protected, from everybody if it was the
     *     clearing that failed
     * @throws IllegalArgumentException if it is not protected
     */
    public void release(AddressRange range) {
        faults.pass(FaultPoint.UNRESTRICT);
        synchronized (this) {
            require(range, State.PROTECTED, "protected");
            // Closed first: a device that wrote behind the clearing would pass its bytes on to the normal world.
            firewall.admit(range, AccessList.NOBODY);
            lent.put(range, State.CLEARING);
        }
        State after = State.PROTECTED;
        try {
            faults.pass(FaultPoint.SCRUB);
            store.scrub(range);
            after = State.LENT;
        } finally {
            synchronized (this) {
                lent.put(range, after);
            }
        }
    }

    /**
     * The normal world takes a lent range back.
     *
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EBUSY} while it is protected or somebody has some of it
     * @throws IllegalArgumentException if it was not lent
     */
    public synchronized void reclaim(AddressRange range) {
        if (!lent.containsKey(range)) {
            throw new IllegalArgumentException(range + " was not lent");
        }
        Optional<Tenant> tenant = holderOfSome(range);
        if (lent.get(range) != State.LENT || tenant.isPresent()) {
            throw HeapException.of(
                            ErrorCode.SYSTEM_ERROR,
                            range + " cannot be taken back"
                                    + tenant.map(held -> ": " + held + " is in use")
                                            .orElse(": it is still protected"))
                    .operation("reclaim")
                    .errno("EBUSY")
                    .hint("Release the memory, then have the secure world end the protection")
                    .build();
        }
        firewall.reclaim(range);
        lent.remove(range);
    }

    private void require(AddressRange range, State state, String words) {
        if (lent.get(range) != state) {
            throw new IllegalArgumentException(range + " is not " + words);
        }
    }
}
