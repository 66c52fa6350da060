package io.dmaheap.emulator.bus;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A buffer as an emulated device sees it. The device's transfers are copies, each of which passes the firewall. */
public final class BusMapping implements DeviceMapping {
    private final String device;
    private final ScatterList places;
    private final Access direction;
    private final Firewall firewall;
    private final Contents contents;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** Held by every block that is on its way. */
    private final Lock transfers = lock.readLock();
    /** Held to unmap. */
    private final Lock unmapping = lock.writeLock();
    /** Guarded by the lock; read without it before a transfer. */
    private volatile boolean closed;

    /**
     * A mapping that owns {@code contents}.
     *
     * @param device whose mapping it is
     * @param places where the firewall sees the buffer
     * @param direction what it was mapped for
     * @param contents its bytes
     */
    public BusMapping(String device, ScatterList places, Access direction, Firewall firewall, Contents contents) {
        this.device = device;
        this.places = places;
        this.direction = direction;
        this.firewall = firewall;
        this.contents = contents;
    }

    @Override
    public List<Segment> segments() {
        return places.segments();
    }

    @Override
    public Access direction() {
        return direction;
    }

    @Override
    public void read(long offset, MemorySegment into) {
        transfer(Access.READ, offset, into, contents::read);
    }

    @Override
    public void write(long offset, MemorySegment from) {
        transfer(Access.WRITE, offset, from, contents::write);
    }

    private interface Move {
        void move(long offset, MemorySegment part);
    }

    /** Checks all of a transfer before any of it happens, and each block again when its turn comes: the rules may have changed. */
    private void transfer(Access wanted, long offset, MemorySegment bytes, Move move) {
        checkOpen();
        long size = bytes.byteSize();
        Objects.checkFromIndexSize(offset, size, contents.size());
        checkDirection(wanted, offset, size);
        ranges(offset, size).forEach(range -> firewall.check(device, wanted, range));
        for (long done = 0; done < size; done += Firewall.BLOCK) {
            long at = done;
            long count = Math.min(Firewall.BLOCK, size - at);
            transfers.lock();
            try {
                checkOpen();
                firewall.pass(
                        device,
                        wanted,
                        ranges(offset + at, count),
                        () -> move.move(offset + at, bytes.asSlice(at, count)));
            } finally {
                transfers.unlock();
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(device + " has unmapped the buffer");
        }
    }

    private void checkDirection(Access wanted, long offset, long size) {
        if (!direction.covers(wanted) && size > 0) {
            throw Firewall.fault(device, wanted, ranges(offset, size).getFirst())
                    .hint("It was mapped to " + Firewall.verb(direction) + " only: map it for both")
                    .build();
        }
    }

    /** Where a part of the buffer is. */
    private List<AddressRange> ranges(long offset, long size) {
        List<AddressRange> parts = new ArrayList<>();
        long start = 0;
        for (AddressRange range : places.ranges()) {
            long from = Math.max(offset, start);
            long to = Math.min(offset + size, start + range.size());
            if (from < to) {
                parts.add(new AddressRange(range.base() + from - start, to - from));
            }
            start += range.size();
        }
        return parts;
    }

    /** Waits for the blocks that are on their way; none follows. */
    @Override
    public void close() {
        unmapping.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            unmapping.unlock();
        }
        contents.close();
    }
}
