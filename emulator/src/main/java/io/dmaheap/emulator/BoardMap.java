package io.dmaheap.emulator;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.MemoryMap.Use;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.OpteeFirmware;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import io.dmaheap.emulator.memory.PhysicalMemory.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws the memory of a board as callers see it. Safe for use by several threads. */
final class BoardMap {
    private final Machine description;
    private final Workings machine;

    BoardMap(Machine description, Workings machine) {
        this.description = description;
        this.machine = machine;
    }

    MemoryMap draw() {
        Board board = description.board();
        PhysicalMemory.Picture picture = machine.physical().picture();
        List<MemoryArea> areas = Stream.concat(
                        description.ordinary().stream().map(BoardMap::ordinary),
                        board.regions().stream().map(region -> area(board, region, picture)))
                .sorted(Comparator.comparingLong(area -> area.base().orElse(0)))
                .toList();
        return new MemoryMap(
                board.model(),
                areas,
                board.optee().map(BoardMap::words).stream().toList(),
                flaws(),
                unknown(board));
    }

    private static List<String> unknown(Board board) {
        String pages = "Where buffers of ordinary memory lie: pages get addresses when a device first asks for them.";
        return board.memoryAssumed()
                ? List.of(
                        "How much memory the board has: its tree leaves that to the boot loader. Assumed is "
                                + board.memory().stream().map(Ranges::text).collect(Collectors.joining(","))
                                + "; platform.emulator.memory in the policy file says otherwise.",
                        pages)
                : List.of(pages);
    }

    List<MemoryMap.Flaw> flaws() {
        return description.board().problems().stream()
                .map(problem -> new MemoryMap.Flaw(problem.node(), problem.message(), problem.hint()))
                .toList();
    }

    private static MemoryArea ordinary(AddressRange range) {
        return new MemoryArea(
                "memory",
                MemoryMap.Kind.ORDINARY,
                Set.of(),
                "",
                OptionalLong.of(range.base()),
                OptionalLong.of(range.size()),
                OptionalLong.empty(),
                List.of("system"),
                Optional.empty());
    }

    private MemoryArea area(Board board, Region region, PhysicalMemory.Picture picture) {
        AddressRange range = region.range();
        List<Extent> extents = extents(range, picture, region.placement().reusable());
        long taken = extents.stream().mapToLong(Extent::size).sum();
        return new MemoryArea(
                region.name(),
                MemoryMap.Kind.valueOf(BoardRegion.kind(region, EmulatorPlatform.isDeclaredHeap(board, region))
                        .name()),
                flags(board, region),
                BoardRegion.compatible(region),
                OptionalLong.of(range.base()),
                OptionalLong.of(range.size()),
                OptionalLong.of(range.size() - taken),
                List.of(),
                Optional.of(extents));
    }

    private static Set<Flag> flags(Board board, Region region) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (region instanceof Region.Cma area && area.isDefault()) {
            flags.add(Flag.DEFAULT);
        }
        if (region.placement().reusable()) {
            flags.add(Flag.REUSABLE);
        }
        if (region.placement().noMap()) {
            flags.add(Flag.NO_MAP);
        }
        if (EmulatorPlatform.isForProtection(board, region)) {
            flags.add(Flag.FOR_PROTECTION);
        }
        return flags;
    }

    /** What is taken of a range: buffers, what is lent between them, and pinned pages between those. */
    private List<Extent> extents(AddressRange range, PhysicalMemory.Picture picture, boolean pinnable) {
        List<AddressRange> lent =
                picture.lent().stream().filter(range::contains).toList();
        List<Tenant> tenants = picture.tenants().stream()
                .filter(tenant -> range.contains(tenant.range()))
                .toList();
        List<AddressRange> held = tenants.stream().map(Tenant::range).collect(Collectors.toCollection(ArrayList::new));
        List<Extent> extents = new ArrayList<>();
        for (Tenant tenant : tenants) {
            boolean within = lent.stream().anyMatch(all -> all.contains(tenant.range()));
            extents.add(extent(
                    tenant.range(),
                    Use.BUFFER,
                    within,
                    tenant.owner().label(),
                    tenant.owner().client()));
        }
        for (AddressRange all : lent) {
            all.without(held).forEach(idle -> extents.add(extent(idle, Use.LENT, true)));
        }
        held.addAll(lent);
        if (pinnable) {
            machine.allPinned().stream()
                    .flatMap(fixed -> within(fixed, range).stream())
                    .flatMap(fixed -> fixed.without(held).stream())
                    .forEach(fixed -> extents.add(extent(fixed, Use.PINNED, false)));
        }
        extents.sort(Comparator.comparingLong(Extent::base));
        return extents;
    }

    private static Optional<AddressRange> within(AddressRange range, AddressRange bounds) {
        long base = Math.max(range.base(), bounds.base());
        long end = Math.min(range.end(), bounds.end());
        return base < end ? Optional.of(new AddressRange(base, end - base)) : Optional.empty();
    }

    private static Extent extent(AddressRange range, Use use, boolean lent) {
        return extent(range, use, lent, Optional.empty(), Optional.empty());
    }

    private static Extent extent(
            AddressRange range, Use use, boolean lent, Optional<String> label, Optional<String> client) {
        return new Extent(range.base(), range.size(), use, lent, label, client);
    }

    private static String words(OpteeFirmware optee) {
        String pools = optee.pools().stream()
                .map(pool -> pool.region().name()
                        + pool.name().map(name -> " as " + name).orElse(""))
                .collect(Collectors.joining(", "));
        return "OP-TEE at " + optee.path() + ", called by " + optee.method()
                + (pools.isEmpty() ? "" : ", with " + pools);
    }
}
