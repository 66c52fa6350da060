package io.dmaheap.emulator;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What machine to emulate.
 *
 * @param board its memory, regions and devices
 * @param ordinary the memory that belongs to no region, whole pages, ascending
 * @param pinned physical pages that somebody holds in place, so that no CMA region can give them out
 * @param backing what holds the bytes on the host
 */
record Machine(Board board, List<AddressRange> ordinary, List<AddressRange> pinned, Backing backing) {
    /** More than any host has, and little enough for addresses not to overflow. */
    private static final long MOST_MEMORY = 1L << 40;

    /** Where memory that the board does not describe begins: the next address that is a multiple of this. */
    private static final long EXTENSION = 1L << 30;

    /** What holds the bytes. */
    enum Backing {
        /** Memfds where the host has them, else plain memory. */
        BEST,
        /** Memfds. */
        MEMFD,
        /** Memory of the JVM, without file descriptors, as off Linux. */
        PLAIN
    }

    /** Copies the list. */
    Machine {
        ordinary = List.copyOf(ordinary);
        pinned = List.copyOf(pinned);
    }

    /** The bytes of ordinary memory. */
    long memory() {
        return ordinary.stream().mapToLong(AddressRange::size).sum();
    }

    /** Reads the settings {@code platform.emulator.*}. */
    static Machine parse(Map<String, String> configuration) {
        SortedMap<String, String> settings = new TreeMap<>(configuration);
        Board board = board(settings.remove("board"));
        var machine = new Machine(
                board,
                ordinary(board, settings.remove("memory")),
                pinned(settings.remove("pinned")),
                backing(settings.remove("backing")));
        if (!settings.isEmpty()) {
            throw wrong("the emulator has no setting " + settings.firstKey())
                    .hint("It has board, memory, pinned and backing, each after platform.emulator.")
                    .build();
        }
        return machine;
    }

    private static Board board(@Nullable String file) {
        if (file == null) {
            return Board.standard();
        }
        try {
            return Board.open(Path.of(file));
        } catch (InvalidPathException e) {
            throw wrong("platform.emulator.board is no path: " + e.getMessage())
                    .hint("Name a device tree: a .dtb, a .dts without includes, or a directory like /proc/device-tree")
                    .cause(e)
                    .build();
        }
    }

    /** What the board has; or of that the lowest, or more than that above everything else, as long as it is {@code size}. */
    private static List<AddressRange> ordinary(Board board, @Nullable String size) {
        List<AddressRange> pages = board.ordinary().stream()
                .flatMap(range -> wholePages(range).stream())
                .toList();
        if (size == null) {
            return pages;
        }
        long left = memory(size) / Region.PAGE * Region.PAGE;
        var used = new ArrayList<AddressRange>();
        for (AddressRange range : pages) {
            if (left > 0) {
                used.add(new AddressRange(range.base(), Math.min(range.size(), left)));
                left -= used.getLast().size();
            }
        }
        if (left > 0) {
            long top =
                    board.memory().stream().mapToLong(AddressRange::end).max().orElse(0);
            used.add(new AddressRange(Math.ceilDiv(top, EXTENSION) * EXTENSION, left));
        }
        return used;
    }

    private static Optional<AddressRange> wholePages(AddressRange range) {
        long base = Math.ceilDiv(range.base(), Region.PAGE) * Region.PAGE;
        long end = range.end() / Region.PAGE * Region.PAGE;
        return base < end ? Optional.of(new AddressRange(base, end - base)) : Optional.empty();
    }

    private static long memory(String text) {
        return Sizes.parse(text).stream()
                .filter(bytes -> bytes >= Region.PAGE && bytes <= MOST_MEMORY)
                .findFirst()
                .orElseThrow(() -> wrong("platform.emulator.memory is not a size: " + text)
                        .hint("Write bytes, or a number with K, M or G, from 4K to 1024G, such as 512M")
                        .build());
    }

    private static List<AddressRange> pinned(@Nullable String text) {
        return text == null
                ? List.of()
                : Stream.of(text.strip().split("\\s+"))
                        .map(Machine::pinnedRange)
                        .toList();
    }

    /** {@code 0x78000000+64K}. */
    private static AddressRange pinnedRange(String text) {
        int plus = text.indexOf('+');
        var size = Sizes.parse(text.substring(plus + 1));
        if (plus > 0 && size.isPresent()) {
            try {
                var range = new AddressRange(Long.decode(text.substring(0, plus)), size.getAsLong());
                if (range.isAlignedTo(Region.PAGE)) {
                    return range;
                }
            } catch (IllegalArgumentException _) {
                // Said below, together with what is no sum at all.
            }
        }
        throw wrong("platform.emulator.pinned is not a list of pages: " + text)
                .hint("Write a physical address and a size, multiples of " + Region.PAGE + ", such as 0x78000000+64K")
                .build();
    }

    private static Backing backing(@Nullable String text) {
        if (text == null) {
            return Backing.BEST;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "memfd" -> Backing.MEMFD;
            case "plain" -> Backing.PLAIN;
            default ->
                throw wrong("platform.emulator.backing is unknown: " + text)
                        .hint(
                                "It is memfd, or plain for memory without file descriptors; leave it out for the best of this host")
                        .build();
        };
    }

    private static HeapException.Builder wrong(String what) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, what);
    }
}
