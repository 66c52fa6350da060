package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.bus.BusMapping;
import io.dmaheap.emulator.secure.TaMemory;
import io.dmaheap.tee.TeeParameter.Direction;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A range of shared memory in the hands of an application, for one call. Afterwards it is mapped no more: what an application does with it
 * then is an access fault, which it does not survive.
 */
final class PassedMemory implements TaMemory {
    /** Sizes of memory have 32 bits in the GlobalPlatform TEE Internal Core API 1.1. */
    private static final long LARGEST_REPORT = 0xFFFF_FFFFL;

    private final Bytes bytes;
    private final Direction direction;
    private final long size;
    private final boolean secure;
    private final Runnable release;
    /** Guarded by this. */
    private boolean revoked;
    /** Guarded by this. */
    private long reported;

    /**
     * A range.
     *
     * @param release runs when the call is over, once
     */
    PassedMemory(Bytes bytes, Direction direction, long size, boolean secure, Runnable release) {
        this.bytes = bytes;
        this.direction = direction;
        this.size = size;
        this.secure = secure;
        this.release = release;
        this.reported = size;
    }

    /** A reference to nothing. */
    static PassedMemory nothing(Direction direction) {
        return new PassedMemory(new OfTheProcess(MemorySegment.NULL), direction, 0, false, () -> {});
    }

    /** Where the bytes are. */
    sealed interface Bytes {
        void read(long at, MemorySegment into);

        void write(long at, MemorySegment from);

        /** Ends the mapping. */
        void unmap();
    }

    /** In this process. */
    record OfTheProcess(MemorySegment range) implements Bytes {
        @Override
        public void read(long at, MemorySegment into) {
            MemorySegment.copy(range, at, into, 0, into.byteSize());
        }

        @Override
        public void write(long at, MemorySegment from) {
            MemorySegment.copy(from, 0, range, at, from.byteSize());
        }

        @Override
        public void unmap() {}
    }

    /** Behind the firewall. */
    record OnTheBus(BusMapping mapping, long offset) implements Bytes {
        @Override
        public void read(long at, MemorySegment into) {
            mapping.read(offset + at, into);
        }

        @Override
        public void write(long at, MemorySegment from) {
            mapping.write(offset + at, from);
        }

        @Override
        public void unmap() {
            mapping.close();
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public synchronized void read(long at, MemorySegment into) {
        checkMapped();
        Objects.checkFromIndexSize(at, into.byteSize(), size);
        bytes.read(at, into);
    }

    @Override
    public synchronized void write(long at, MemorySegment from) {
        checkMapped();
        Objects.checkFromIndexSize(at, from.byteSize(), size);
        if (!direction.out()) {
            throw new IllegalStateException("access fault: the memory was passed for reading only");
        }
        bytes.write(at, from);
    }

    @Override
    public synchronized void report(long count) {
        checkMapped();
        if (count < 0 || count > LARGEST_REPORT) {
            throw new IllegalArgumentException(count + " is no size of memory: it has 32 bits");
        }
        reported = count;
    }

    private void checkMapped() {
        if (revoked) {
            throw new IllegalStateException("access fault: the memory was passed for a call that is over");
        }
    }

    @Override
    public synchronized long reported() {
        return reported;
    }

    /** The call is over: waits for an access that is on its way, and ends the mapping. Called once. */
    void revoke() {
        synchronized (this) {
            revoked = true;
            bytes.unmap();
        }
        release.run();
    }
}
