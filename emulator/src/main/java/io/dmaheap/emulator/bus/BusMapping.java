package io.dmaheap.emulator.bus;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping;
import io.dmaheap.emulator.devicetree.AddressRange;
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
    private final Contents contents;
    private final AtomicBoolean closed = new AtomicBoolean();

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
        pass(Access.READ, offset, into.byteSize());
        contents.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
        pass(Access.WRITE, offset, from.byteSize());
        contents.write(offset, from);
    }

    /** Checks all of a transfer before any of it happens. */
    private void pass(Access wanted, long offset, long size) {
        if (closed.get()) {
            throw new IllegalStateException(device + " has unmapped the buffer");
        }
        Objects.checkFromIndexSize(offset, size, contents.size());
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
            contents.close();
        }
    }
}
