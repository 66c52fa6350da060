package io.dmaheap.emulator;

import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.BootMemory;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.size.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The setting {@code platform.emulator.memory}: banks of memory, as a boot loader finds them, or how much memory there is.
 *
 * @param banks instead of those of the board; empty if only a size or nothing is said
 * @param size bytes of memory
 */
record MemorySetting(List<AddressRange> banks, OptionalLong size) {
    /** More than any host has, and little enough for addresses not to overflow. */
    private static final long MOST_MEMORY = 1L << 40;

    /** Where memory that the board does not describe begins: the next address that is a multiple of this. */
    private static final long EXTENSION = 1L << 30;

    MemorySetting {
        banks = List.copyOf(banks);
    }

    /** Reads {@code 4G} or {@code 0x80000000+2G,0x880000000+2G}; null if there is no such setting. */
    static MemorySetting parse(@Nullable String text) {
        if (text == null) {
            return new MemorySetting(List.of(), OptionalLong.empty());
        }
        if (text.indexOf('+') < 0) {
            long bytes = size(text);
            return new MemorySetting(List.of(), OptionalLong.of(bytes / Region.PAGE * Region.PAGE));
        }
        List<AddressRange> banks = Stream.of(text.split(",", -1))
                .map(part -> Ranges.parse(part.strip())
                        .filter(range -> range.isAlignedTo(Region.PAGE) && range.end() <= 1L << 52)
                        .orElseThrow(() -> wrong(text)))
                .toList();
        if (!isSensible(banks.stream().mapToLong(AddressRange::size).sum())) {
            throw wrong(text);
        }
        return new MemorySetting(banks, OptionalLong.empty());
    }

    private static long size(String text) {
        try {
            long bytes = ByteSize.parse(text);
            if (isSensible(bytes)) {
                return bytes;
            }
        } catch (IllegalArgumentException _) {
            // Refused below, as a size that no board has.
        }
        throw wrong(text);
    }

    private static boolean isSensible(long bytes) {
        return bytes >= Region.PAGE && bytes <= MOST_MEMORY;
    }

    private static RuntimeException wrong(String text) {
        return Machine.wrong("platform.emulator.memory is neither a size nor banks of memory: " + text)
                .hint(
                        "Write bytes, or a number with K, M, G or T, from 4K to 1024G, such as 512M; or addresses and sizes,"
                                + " multiples of 4096, such as 0x80000000+2G,0x880000000+2G")
                .build();
    }

    /** What a boot loader finds. */
    BootMemory found() {
        if (!banks.isEmpty()) {
            return BootMemory.of(banks);
        }
        return size.isPresent() ? BootMemory.ofSize(size.getAsLong()) : BootMemory.OF_TREE;
    }

    /**
     * The memory that belongs to no region. If the tree says where memory is and the setting how much: of that the lowest, or more
     * than that above everything else.
     */
    List<AddressRange> ordinary(Board board) {
        List<AddressRange> pages = board.ordinary().stream()
                .flatMap(range -> range.aligned(Region.PAGE).stream())
                .toList();
        if (size.isEmpty() || board.memoryAssumed()) {
            return pages;
        }
        long left = size.getAsLong();
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
}
