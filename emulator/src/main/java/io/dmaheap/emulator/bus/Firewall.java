package io.dmaheap.emulator.bus;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who may touch which physical memory. Memory without a rule is open to every device. Rules are few and change rarely, transfers are
 * many. Safe for use by several threads.
 */
public final class Firewall {
    /** Bytes that pass at a time: a change of the rules waits for no more than these. */
    public static final int BLOCK = 256 << 10;

    private final List<Rule> rules;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** Held by every block that is on its way. */
    private final Lock blocks = lock.readLock();
    /** Held while rules change. */
    private final Lock changes = lock.writeLock();

    /** Whose memory is. */
    public enum World {
        /** The kernel's. */
        NORMAL,
        /** The secure world's for good. */
        SECURE,
        /** The kernel's, lent to the secure world. */
        LENT
    }

    /**
     * A range that is not open to all.
     *
     * @param range physical addresses
     * @param world whose it is
     * @param readers the devices whose reads pass
     * @param writers the devices whose writes pass
     */
    public record Rule(AddressRange range, World world, List<String> readers, List<String> writers) {
        /** Copies the lists. */
        public Rule {
            readers = List.copyOf(readers);
            writers = List.copyOf(writers);
        }

        private boolean permits(String device, Access direction) {
            return (!direction.reads() || readers.contains(device))
                    && (!direction.writes() || writers.contains(device));
        }

        /** Who passes, with what passes. */
        public AccessList accessList() {
            var grants = new HashMap<String, Access>();
            Stream.concat(readers.stream(), writers.stream())
                    .forEach(device -> direction(readers.contains(device), writers.contains(device))
                            .ifPresent(access -> grants.put(device, access)));
            return new AccessList(grants);
        }

        private boolean permitsAnything(String device) {
            return readers.contains(device) || writers.contains(device);
        }
    }

    /** The rules at boot. */
    public Firewall(List<Rule> rules) {
        this.rules = new CopyOnWriteArrayList<>(rules);
    }

    /**
     * Closes a range that was open to all, as the secure world does with memory that the kernel lends it.
     *
     * @throws IllegalArgumentException if some of it has a rule already
     */
    public void lend(AddressRange range, List<String> readers, List<String> writers) {
        change(() -> {
            for (Rule rule : rules) {
                if (rule.range().overlaps(range)) {
                    throw new IllegalArgumentException(
                            range + " overlaps " + rule.range() + ", which is " + rule.world());
                }
            }
            rules.add(new Rule(range, World.LENT, readers, writers));
        });
    }

    /**
     * Opens a range that was {@linkplain #lend lent}.
     *
     * @throws IllegalArgumentException if it was not, as a whole
     */
    public void reclaim(AddressRange range) {
        change(() -> {
            if (!rules.removeIf(
                    rule -> rule.world() == World.LENT && rule.range().equals(range))) {
                throw new IllegalArgumentException(range + " was not lent");
            }
        });
    }

    /**
     * Changes who passes to a range that was {@linkplain #lend lent}.
     *
     * @throws IllegalArgumentException if it was not, as a whole
     */
    public void admit(AddressRange range, AccessList allowed) {
        change(() -> {
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                if (rule.world() == World.LENT && rule.range().equals(range)) {
                    rules.set(
                            i,
                            new Rule(range, World.LENT, names(allowed, Access::reads), names(allowed, Access::writes)));
                    return;
                }
            }
            throw new IllegalArgumentException(range + " was not lent");
        });
    }

    /** Changes rules when no block is on its way. */
    private void change(Runnable what) {
        changes.lock();
        try {
            what.run();
        } finally {
            changes.unlock();
        }
    }

    private static List<String> names(AccessList allowed, Predicate<Access> which) {
        return allowed.grants().entrySet().stream()
                .filter(grant -> which.test(grant.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Who passes to all of the ranges, empty if there is no rule about them: then everybody does. */
    public Optional<AccessList> accessList(List<AddressRange> ranges) {
        return rules.stream()
                .filter(rule -> ranges.stream().anyMatch(rule.range()::overlaps))
                .map(Rule::accessList)
                .reduce(Firewall::both);
    }

    /** The rules of the secure world about some of this range, which never change. */
    public List<Rule> bootRules(AddressRange range) {
        return rules.stream()
                .filter(rule -> rule.world() == World.SECURE && rule.range().overlaps(range))
                .toList();
    }

    /** Who is on both lists, with what both allow. */
    private static AccessList both(AccessList one, AccessList other) {
        var grants = new HashMap<String, Access>();
        one.grants().keySet().forEach(device -> {
            boolean reads = one.permits(device, Access.READ) && other.permits(device, Access.READ);
            boolean writes = one.permits(device, Access.WRITE) && other.permits(device, Access.WRITE);
            direction(reads, writes).ifPresent(access -> grants.put(device, access));
        });
        return new AccessList(grants);
    }

    private static Optional<Access> direction(boolean reads, boolean writes) {
        if (reads) {
            return Optional.of(writes ? Access.READ_WRITE : Access.READ);
        }
        return writes ? Optional.of(Access.WRITE) : Optional.empty();
    }

    /** Whether all of the ranges are open to the device in this direction. */
    public boolean permits(String device, Access direction, List<AddressRange> ranges) {
        return rules.stream()
                .allMatch(rule ->
                        rule.permits(device, direction) || ranges.stream().noneMatch(rule.range()::overlaps));
    }

    /** Whether the device could at least read or write each of the ranges. */
    public boolean permitsAnything(String device, List<AddressRange> ranges) {
        return rules.stream()
                .allMatch(
                        rule -> rule.permitsAnything(device) || ranges.stream().noneMatch(rule.range()::overlaps));
    }

    /**
     * Moves a block if the rules let it through. They do not change meanwhile.
     *
     * @param ranges where the block is
     * @param move moves it, and takes no lock under which rules are changed
     * @throws HeapException {@link ErrorCode#BUS_FAULT}
     */
    public void pass(String device, Access direction, List<AddressRange> ranges, Runnable move) {
        blocks.lock();
        try {
            for (AddressRange range : ranges) {
                check(device, direction, range);
            }
            move.run();
        } finally {
            blocks.unlock();
        }
    }

    /**
     * Tells whether the rules of this moment let a transfer through.
     *
     * @throws HeapException {@link ErrorCode#BUS_FAULT}
     */
    public void check(String device, Access direction, AddressRange range) {
        for (Rule rule : rules) {
            if (rule.range().overlaps(range) && !rule.permits(device, direction)) {
                throw fault(device, direction, range)
                        .hint("The memory " + rule.range() + " is " + describe(rule)
                                + ": see the access list of the buffer")
                        .build();
            }
        }
    }

    /** The beginning of the error of a transfer that was stopped. */
    public static HeapException.Builder fault(String device, Access direction, AddressRange range) {
        return fault(device, direction, range.toString());
    }

    /** The beginning of the error of a transfer to what may be no addresses. */
    public static HeapException.Builder fault(String device, Access direction, String range) {
        return HeapException.of(
                        ErrorCode.BUS_FAULT, "bus fault: " + device + " may not " + verb(direction) + " " + range)
                .operation(direction.reads() ? "read" : "write");
    }

    /** What a device does. */
    static String verb(Access direction) {
        return switch (direction) {
            case READ -> "read";
            case WRITE -> "write";
            case READ_WRITE -> "read and write";
        };
    }

    private static String describe(Rule rule) {
        List<String> open = new ArrayList<>();
        if (!rule.readers().isEmpty()) {
            open.add("reads of " + String.join(", ", rule.readers()));
        }
        if (!rule.writers().isEmpty()) {
            open.add("writes of " + String.join(", ", rule.writers()));
        }
        String whose = switch (rule.world()) {
            case NORMAL -> "the kernel's";
            case SECURE -> "the secure world's";
            case LENT -> "lent to the secure world";
        };
        return whose + ", open " + (open.isEmpty() ? "to nobody" : "to " + String.join(" and ", open));
    }
}
