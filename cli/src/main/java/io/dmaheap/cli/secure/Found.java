package io.dmaheap.cli.secure;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;

/**
 * What was found in memory that ought to be empty.
 *
 * @param read the bytes that were looked at
 * @param dirty how many of them are not zero
 */
record Found(long read, long dirty) {
    private static final int CHUNK = 1 << 20;

    static final Found NOTHING = new Found(0, 0);

    /**
     * Looks at memory.
     *
     * @param reader copies the bytes from an address on into a segment
     */
    static Found in(long address, long length, BiConsumer<Long, MemorySegment> reader) {
        byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
        long dirty = 0;
        for (long done = 0; done < length; done += chunk.length) {
            int count = (int) Math.min(chunk.length, length - done);
            reader.accept(address + done, MemorySegment.ofArray(chunk).asSlice(0, count));
            for (int i = 0; i < count; i++) {
                dirty += chunk[i] == 0 ? 0 : 1;
            }
        }
        return new Found(length, dirty);
    }

    Found and(Found other) {
        return new Found(read + other.read, dirty + other.dirty);
    }
}
