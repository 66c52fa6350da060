package io.dmaheap.emulator;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.BootMemory;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        MemorySetting memory = MemorySetting.parse(settings.remove("memory"));
        Board board = board(settings.remove("board"), memory.found());
        var machine = new Machine(
                board, memory.ordinary(board), pinned(settings.remove("pinned")), backing(settings.remove("backing")));
        if (!settings.isEmpty()) {
            throw wrong("the emulator has no setting " + settings.firstKey())
                    .hint("It has board, memory, pinned and backing, each after platform.emulator.")
                    .build();
        }
        return machine;
    }

    private static Board board(@Nullable String file, BootMemory found) {
        if (file == null) {
            return Board.standard(found);
        }
        try {
            return Board.open(Path.of(file), found);
        } catch (InvalidPathException e) {
            throw wrong("platform.emulator.board is no path: " + e.getMessage())
                    .hint("Name a device tree: a .dtb, a .dts without includes, or a directory like /proc/device-tree")
                    .cause(e)
                    .build();
        }
    }

    private static List<AddressRange> pinned(@Nullable String text) {
        return text == null
                ? List.of()
                : Stream.of(text.strip().split("\\s+(?=\\S+\\+)"))
                        .map(Machine::pinnedRange)
                        .toList();
    }

    /** {@code 0x78000000+64K}. */
    private static AddressRange pinnedRange(String text) {
        return Ranges.parse(text)
                .filter(range -> range.isAlignedTo(Region.PAGE))
                .orElseThrow(() -> wrong("platform.emulator.pinned is not a list of pages: " + text)
                        .hint("Write a physical address and a size, multiples of " + Region.PAGE
                                + ", such as 0x78000000+64K")
                        .build());
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

    static HeapException.Builder wrong(String what) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, what);
    }
}
