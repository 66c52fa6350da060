package io.dmaheap.linux.proc;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * A buffer that is mapped into a process, from {@code /proc/PID/maps} (proc(5)).
 *
 * @param link how it shows
 * @param inode its inode number
 * @param size how far the mapping reaches into it, in bytes
 */
record MappedBuffer(BufferLink link, long inode, long size) {
    private static final int COLUMNS = 6;

    /** The buffers in a maps file, each once, however often it is mapped. */
    static Collection<MappedBuffer> in(Path maps) {
        List<MappedBuffer> areas = ProcFile.text(maps).stream()
                .flatMap(String::lines)
                .map(MappedBuffer::parse)
                .flatMap(Optional::stream)
                .toList();
        var buffers = new HashMap<Long, MappedBuffer>();
        areas.forEach(area -> buffers.merge(area.inode, area, (one, other) -> one.size >= other.size ? one : other));
        return buffers.values();
    }

    /** Reads a line: {@code start-end perms offset device inode path}. */
    private static Optional<MappedBuffer> parse(String line) {
        String[] columns = line.split(" +", COLUMNS);
        if (columns.length < COLUMNS) {
            return Optional.empty();
        }
        return BufferLink.parse(columns[COLUMNS - 1]).map(link -> {
            int dash = columns[0].indexOf('-');
            long start = Long.parseUnsignedLong(columns[0], 0, dash, 16);
            long end = Long.parseUnsignedLong(columns[0], dash + 1, columns[0].length(), 16);
            long offset = Long.parseUnsignedLong(columns[2], 16);
            return new MappedBuffer(link, Long.parseLong(columns[4]), offset + end - start);
        });
    }
}
