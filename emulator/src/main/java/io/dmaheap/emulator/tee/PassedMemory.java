package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.bus.BusMapping;
import io.dmaheap.emulator.secure.TaMemory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A range of shared memory in the hands of an application. */
final class PassedMemory implements TaMemory {
    private final Bytes bytes;
    private final long size;
    private final boolean secure;
    private long reported;

    PassedMemory(Bytes bytes, long size, boolean secure) {
        this.bytes = bytes;
        this.size = size;
        this.secure = secure;
        this.reported = size;
    }

    /** Where the bytes are. */
    sealed interface Bytes {
        void read(long at, MemorySegment into);

        void write(long at, MemorySegment from);
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
    public void read(long at, MemorySegment into) {
        Objects.checkFromIndexSize(at, into.byteSize(), size);
        bytes.read(at, into);
    }

    @Override
    public void write(long at, MemorySegment from) {
        Objects.checkFromIndexSize(at, from.byteSize(), size);
        bytes.write(at, from);
    }

    @Override
    public void report(long count) {
        reported = count;
    }

    @Override
    public long reported() {
        return reported;
    }
}
