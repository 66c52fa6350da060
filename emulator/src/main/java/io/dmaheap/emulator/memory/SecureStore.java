package io.dmaheap.emulator.memory;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of memory that the CPU cannot touch, by physical address. One store for the whole machine, so that whoever is given a range
 * finds what the last owner left there. Nobody outside this process ever sees them, hence they are plain memory of the JVM, taken in
 * blocks when somebody first needs one; memory that nobody wrote is zero.
 *
 * <p>Safe for use by several threads; the bytes are as unsynchronised as any memory.
 */
public final class SecureStore implements AutoCloseable {
    private static final long BLOCK = 256 << 10;
    private static final long ALIGNMENT = 4096;

    private final Faults faults;
    private final Arena arena = Arena.ofShared();
    private final ConcurrentMap<Long, MemorySegment> blocks = new ConcurrentHashMap<>();

    /** An empty store. */
    public SecureStore(Faults faults) {
        this.faults = faults;
    }

    /**
     * Makes sure that the range can be written without fail.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} if the host has no memory for it
     */
    public void back(AddressRange range) {
        faults.pass(FaultPoint.HOST_MEMORY);
        for (long number = range.base() / BLOCK; number * BLOCK < range.end(); number++) {
            block(number);
        }
    }

    /** Copies bytes out; zeros where nobody ever wrote. */
    public void read(long address, MemorySegment into) {
        for (long done = 0; done < into.byteSize(); ) {
            long within = (address + done) % BLOCK;
            MemorySegment part = into.asSlice(done, Math.min(BLOCK - within, into.byteSize() - done));
            @Nullable MemorySegment block = blocks.get((address + done) / BLOCK);
            if (block == null) {
                part.fill((byte) 0);
            } else {
                MemorySegment.copy(block, within, part, 0, part.byteSize());
            }
            done += part.byteSize();
        }
    }

    /**
     * Copies bytes in.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} if the host has no memory for a place that is not {@linkplain #back backed}
     */
    public void write(long address, MemorySegment from) {
        for (long done = 0; done < from.byteSize(); ) {
            long within = (address + done) % BLOCK;
            long size = Math.min(BLOCK - within, from.byteSize() - done);
            MemorySegment.copy(from, done, block((address + done) / BLOCK), within, size);
            done += size;
        }
    }

    /** Clears a range, as only the secure side can. */
    public void scrub(AddressRange range) {
        for (long address = range.base(); address < range.end(); ) {
            long within = address % BLOCK;
            long size = Math.min(BLOCK - within, range.end() - address);
            @Nullable MemorySegment block = blocks.get(address / BLOCK);
            if (block != null) {
                block.asSlice(within, size).fill((byte) 0);
            }
            address += size;
        }
    }

    private MemorySegment block(long number) {
        return blocks.computeIfAbsent(number, _ -> {
            try {
                return arena.allocate(BLOCK, ALIGNMENT);
            } catch (OutOfMemoryError e) {
                throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "the JVM has no " + BLOCK + " bytes outside its heap")
                        .errno("ENOMEM")
                        .hint("Close buffers, or give the host more memory")
                        .cause(e)
                        .build();
            }
        });
    }

    /** Everything is gone. */
    @Override
    public void close() {
        arena.close();
    }
}
