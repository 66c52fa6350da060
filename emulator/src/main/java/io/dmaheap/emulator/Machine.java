package io.dmaheap.emulator;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Board;
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
 * @param memory the bytes of its ordinary memory, which belongs to no region
 * @param pinned physical pages that somebody holds in place, so that no CMA region can give them out
 * @param backing what holds the bytes on the host
 */
record Machine(Board board, long memory, List<AddressRange> pinned, Backing backing) {
    /** More than any host has, and little enough for addresses not to overflow. */
    private static final long MOST_MEMORY = 1L << 50;

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
        pinned = List.copyOf(pinned);
    }

    /** Reads the settings {@code platform.emulator.*}. */
    static Machine parse(Map<String, String> configuration) {
        SortedMap<String, String> settings = new TreeMap<>(configuration);
        Board board = board(settings.remove("board"));
        var machine = new Machine(
                board,
                memory(settings.remove("memory"), board),
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

    private static long memory(@Nullable String text, Board board) {
        if (text == null) {
            return board.ordinary().stream().mapToLong(AddressRange::size).sum();
        }
        var bytes = Sizes.parse(text);
        if (bytes.isEmpty() || bytes.getAsLong() > MOST_MEMORY) {
            throw wrong("platform.emulator.memory is not a size: " + text)
                    .hint("Write bytes, or a number with K, M or G, such as 512M")
                    .build();
        }
        return bytes.getAsLong();
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
