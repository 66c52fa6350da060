package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PhysicalRange;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which plugin has which region of the platform. A region that a heap {@linkplain RegionClaims gives out} is its plugin's. Any other
 * belongs to the first plugin that takes or lends memory of it, until its last version has stopped and nothing of it is taken; a pinned
 * plugin gets it from one that is not as soon as nothing is taken. Two versions of one plugin share a region: the newer one passes over
 * what the older one has left in it.
 *
 * <p>Safe for use by several threads.
 */
final class RegionOwners {
    private final RegionClaims claims;
    /** By region; guarded by this. */
    private final Map<String, Owner> owners = new HashMap<>();
    /** How many versions of each plugin have not stopped; guarded by this. */
    private final Map<String, Integer> running = new HashMap<>();
    /** Who has which loan of the firmware, by cookie; guarded by this. */
    private final Map<Long, String> loans = new HashMap<>();
    /** What the platform has given out of regions and was not released; guarded by this. */
    private final Set<Memory> given = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Owners of the regions; {@code problems} takes what stands in the way of a plugin. */
    RegionOwners(Problems problems) {
        claims = new RegionClaims(problems);
    }

    /**
     * One version of a plugin.
     *
     * @param plugin its id
     * @param version greater than that of the versions that began to start before
     * @param pinned whether it goes before plugins that are not
     */
    record User(String plugin, long version, boolean pinned) {}

    private static final class Owner {
        private final User user;
        private final Set<Hold> holds = new HashSet<>();

        Owner(User user) {
            this.user = user;
        }
    }

    /** Pages of a region that a plugin has taken or lent. Compared by identity. */
    final class Hold {
        private final Owner owner;
        private final String region;
        private final long version;
        private final List<PhysicalRange> ranges;

        private Hold(Owner owner, String region, long version, List<PhysicalRange> ranges) {
            this.owner = owner;
            this.region = region;
            this.version = version;
            this.ranges = ranges;
        }

        /** The plugin has given the pages back. Ending twice is harmless. */
        void end() {
            synchronized (RegionOwners.this) {
                owner.holds.remove(this);
                if (owner.holds.isEmpty() && !running.containsKey(owner.user.plugin())) {
                    owners.remove(region, owner);
                }
            }
        }
    }

    /** A version of a plugin begins to start. */
    synchronized void started(User user) {
        running.merge(user.plugin(), 1, Integer::sum);
    }

    /** A version of a plugin offers a heap that gives out these regions. */
    void offers(User user, List<String> regions) {
        claims.add(user, regions);
    }

    /** A version of a plugin has stopped. */
    void stopped(User user) {
        ended(user);
        claims.remove(user);
    }

    private synchronized void ended(User user) {
        running.computeIfPresent(user.plugin(), (plugin, count) -> count == 1 ? null : count - 1);
        if (!running.containsKey(user.plugin())) {
            owners.values().removeIf(owner -> owner.user.plugin().equals(user.plugin()) && owner.holds.isEmpty());
        }
    }

    /**
     * Notes that a plugin takes or lends pages, before the platform is asked.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} with {@code EBUSY} if another plugin has the region, or wants it as
     *     much as this one; {@link ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} if another version of the plugin has one of the pages
     */
    synchronized Hold hold(String region, User user, List<PhysicalRange> ranges) {
        Set<String> entitled = claims.entitled(region);
        requireEntitled(region, user, entitled);
        Owner owner = owners.get(region);
        if (owner == null || owner.holds.isEmpty() && (!entitled.isEmpty() || user.pinned() && !owner.user.pinned())) {
            owner = new Owner(user);
            owners.put(region, owner);
        }
        if (!owner.user.plugin().equals(user.plugin())) {
            throw taken("the region " + region, owner.user.plugin());
        }
        for (Hold other : owner.holds) {
            if (other.version != user.version() && overlap(other.ranges, ranges)) {
                throw HeapException.of(
                                ErrorCode.OUT_OF_MEMORY,
                                "another version of the plugin " + user.plugin() + " has memory at " + other.ranges
                                        + " in the region " + region)
                        .errno("EBUSY")
                        .hint("Try another place; it comes back when the buffers of that version are closed")
                        .build();
            }
        }
        var hold = new Hold(owner, region, user.version(), List.copyOf(ranges));
        owner.holds.add(hold);
        return hold;
    }

    private static void requireEntitled(String region, User user, Set<String> entitled) {
        List<String> others = entitled.stream()
                .filter(plugin -> !plugin.equals(user.plugin()))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        if (!entitled.contains(user.plugin())) {
            throw taken("the region " + region, String.join(", ", others));
        }
        throw HeapException.of(
                        ErrorCode.INVALID_CONFIGURATION,
                        "the region " + region + " is given out by the plugin " + String.join(", ", others)
                                + " as well, so neither can take memory of it")
                .errno("EBUSY")
                .hint("Remove one of the two plugins, or pin the one that is meant in the policy file (pin.ID)")
                .build();
    }

    private static boolean overlap(List<PhysicalRange> some, List<PhysicalRange> others) {
        return some.stream()
                .anyMatch(
                        one -> others.stream().anyMatch(other -> one.base() < other.end() && other.base() < one.end()));
    }

    private static HeapException taken(String what, String owner) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + " belongs to the plugin " + owner)
                .errno("EBUSY")
                .hint("Remove one of the two plugins; a region has one owner")
                .build();
    }

    /**
     * Refuses to let a plugin change the protection of pages that another one has taken or lent.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} with {@code EBUSY}
     */
    synchronized void requireNotOfOthers(User user, PhysicalRange range) {
        owners.values().stream()
                .filter(owner -> !owner.user.plugin().equals(user.plugin()))
                .filter(owner -> owner.holds.stream().anyMatch(hold -> overlap(hold.ranges, List.of(range))))
                .findFirst()
                .ifPresent(owner -> {
                    throw taken("memory at " + range, owner.user.plugin());
                });
    }

    /** The firmware is about to be lent pages under this name. */
    synchronized void lent(User user, long cookie) {
        loans.putIfAbsent(cookie, user.plugin());
    }

    /**
     * Refuses to let a plugin end a loan of another one.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} with {@code EBUSY}
     */
    synchronized void requireLoan(User user, long cookie) {
        Optional.ofNullable(loans.get(cookie))
                .filter(owner -> !owner.equals(user.plugin()))
                .ifPresent(owner -> {
                    throw taken("the loan " + cookie, owner);
                });
    }

    /** The firmware has given back what it was lent. */
    synchronized void reclaimed(long cookie) {
        loans.remove(cookie);
    }

    /** The platform has given out this memory of a region. */
    synchronized void gave(Memory memory) {
        given.add(memory);
    }

    /** The memory was released. */
    synchronized void released(Memory memory) {
        given.remove(memory);
    }

    /** Whether this is memory that the platform gave out of a region, and not something that a plugin made up. */
    synchronized boolean isOfRegion(Memory memory) {
        return given.contains(memory);
    }
}
