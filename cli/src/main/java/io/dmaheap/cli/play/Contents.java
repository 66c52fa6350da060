package io.dmaheap.cli.play;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Looks at and changes the bytes of buffers. */
final class Contents {
    private static final long PAGE = 4096;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 16]);

    private Contents() {}

    /** Reads one byte of each page. The sum only keeps the reads from being optimised away. */
    static long touch(MemorySegment memory) {
        long sum = 0;
        for (long offset = 0; offset < memory.byteSize(); offset += PAGE) {
            sum += memory.get(ValueLayout.JAVA_BYTE, offset);
        }
        return sum;
    }

    static long nonZeroBytes(MemorySegment memory) {
        long count = 0;
        for (long offset = 0; offset < memory.byteSize(); offset += ZEROS.byteSize()) {
            long length = Math.min(ZEROS.byteSize(), memory.byteSize() - offset);
            if (MemorySegment.mismatch(memory, offset, offset + length, ZEROS, 0, length) >= 0) {
                count += countOneByOne(memory.asSlice(offset, length));
            }
        }
        return count;
    }

    private static long countOneByOne(MemorySegment memory) {
        long count = 0;
        for (long offset = 0; offset < memory.byteSize(); offset++) {
            if (memory.get(ValueLayout.JAVA_BYTE, offset) != 0) {
                count++;
            }
        }
        return count;
    }

    /** Writes a word into each page that tells this page and this stamp from all others. */
    static void stamp(MemorySegment memory, long stamp) {
        for (long offset = 0; offset < memory.byteSize(); offset += PAGE) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, stamp ^ offset);
        }
    }

    /** The number of pages that do not carry the stamp. */
    static long unstamped(MemorySegment memory, long stamp) {
        long wrong = 0;
        for (long offset = 0; offset < memory.byteSize(); offset += PAGE) {
            if (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset) != (stamp ^ offset)) {
                wrong++;
            }
        }
        return wrong;
    }
}
