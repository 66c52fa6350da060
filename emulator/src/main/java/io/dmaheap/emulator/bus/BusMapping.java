package io.dmaheap.emulator.bus;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** A buffer as an emulated device sees it. The device's transfers are copies, each of which passes the firewall. */
public final class BusMapping implements DeviceMapping {
    private final String device;
    private final ScatterList places;
    private final Access direction;
    private final Firewall firewall;
    private final Mapping host;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A mapping that owns {@code host}.
     *
     * @param device whose mapping it is
     * @param places where the firewall sees the buffer
     * @param direction what it was mapped for
     * @param host where its bytes really are
     */
    public BusMapping(String device, ScatterList places, Access direction, Firewall firewall, Mapping host) {
        this.device = device;
        this.places = places;
        this.direction = direction;
        this.firewall = firewall;
        this.host = host;
        this.bytes = host.segment(arena);
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
        pass(Access.READ, offset, into.byteSize());
        MemorySegment.copy(bytes, offset, into, 0, into.byteSize());
    }

    @Override
    public void write(long offset, MemorySegment from) {
        pass(Access.WRITE, offset, from.byteSize());
        MemorySegment.copy(from, 0, bytes, offset, from.byteSize());
    }

    /** Checks all of a transfer before any of it happens. */
    private void pass(Access wanted, long offset, long size) {
        Objects.checkFromIndexSize(offset, size, bytes.byteSize());
        long start = 0;
        for (AddressRange range : places.ranges()) {
            long from = Math.max(offset, start);
            long to = Math.min(offset + size, start + range.size());
            if (from < to) {
                pass(wanted, new AddressRange(range.base() + from - start, to - from));
            }
            start += range.size();
        }
    }

    private void pass(Access wanted, AddressRange range) {
        if (!direction.covers(wanted)) {
            throw Firewall.fault(device, wanted, range)
                    .hint("It was mapped to " + Firewall.verb(direction) + " only: map it for both")
                    .build();
        }
        firewall.check(device, wanted, range);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            arena.close();
            host.unmap();
        }
    }
}
