package io.dmaheap.bench.allocators;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What every contestant is put through.
 *
 * @param rule the placement rule
 * @param base the first page
 * @param size the number of pages
 * @param slots how many names for allocations there are; the initial ones have the first names
 * @param initial pairs of start, relative to {@code base}, and count of what is allocated at the beginning, by start
 * @param operations the name in the upper half; in the lower half the pages to allocate, or 0 to free
 */
record Trace(Rule rule, long base, int size, int slots, long[] initial, long[] operations) {

    static long allocate(int slot, int pages) {
        return (long) slot << 32 | pages;
    }

    static long free(int slot) {
        return (long) slot << 32;
    }

    static int slot(long operation) {
        return (int) (operation >>> 32);
    }

    static int pages(long operation) {
        return (int) operation;
    }

    /** Writes the file that the C program reads: 64-bit words in the order of this machine. */
    void write(Path file) {
        long[] header = {
            rule.ordinal(), rule.parameter(), base, size, slots, initial.length / 2, operations.length,
        };
        int words = header.length + initial.length + operations.length;
        var bytes = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(header).put(initial).put(operations);
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
