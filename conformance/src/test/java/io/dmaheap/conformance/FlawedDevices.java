package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;

/** Heaps whose devices have a flaw. */
final class FlawedDevices {
    private final DeviceFlaw flaw;

    private FlawedDevices(DeviceFlaw flaw) {
        this.flaw = flaw;
    }

    static Heaps with(DeviceFlaw flaw, Heaps working) {
        var flawed = new FlawedDevices(flaw);
        var devices = Spoiled.by(
                Heaps.class,
                working,
                "device",
                arguments -> working.device((String) arguments[0]).map(flawed::device));
        return Spoiled.by(
                Heaps.class,
                devices,
                "find",
                arguments -> working.find((String) arguments[0]).map(flawed::heap));
    }

    private Device device(Device working) {
        return Spoiled.by(
                Device.class,
                flaw.spoil(working),
                "attach",
                arguments -> flaw.attach(working, (DmaBuf) Spoiled.unspoiled(arguments[0])));
    }

    /** A device's answers are asked of its buffers. */
    private Heap heap(Heap working) {
        return Spoiled.by(
                Heap.class,
                working,
                "allocate",
                arguments -> buffer(
                        arguments[0] instanceof AllocationRequest request
                                ? working.allocate(request)
                                : working.allocate((long) arguments[0])));
    }

    private DmaBuf buffer(DmaBuf working) {
        return Spoiled.by(
                DmaBuf.class,
                working,
                "canAccess",
                arguments -> flaw.answer(working.canAccess((String) arguments[0], (Access) arguments[1])));
    }
}
