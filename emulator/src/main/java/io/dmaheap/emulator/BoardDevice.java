package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.DmaLimits;
import io.dmaheap.emulator.bus.BusMapping;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.Usability;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A bus master of the board. Memory of this board never moves, so whether a device can use it is known when it is attached
 * ({@code attach} of {@code struct dma_buf_ops}, include/linux/dma-buf.h). Unlike a kernel, the board also knows then whether the
 * firewall would let the device in.
 */
final class BoardDevice implements PlatformDevice {
    private final Device device;
    private final Firewall firewall;
    private final BoardBus bus;
    private final DeviceReach reach;

    /**
     * A device.
     *
     * @param lendable who reaches what the secure world gives out of regions that are lent to it, by region
     */
    BoardDevice(Device device, Firewall firewall, BoardBus bus, Map<AddressRange, AccessList> lendable) {
        this.device = device;
        this.firewall = firewall;
        this.bus = bus;
        this.reach = new DeviceReach(device, firewall, lendable);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return (device.compatible().isEmpty()
                        ? "bus master"
                        : device.compatible().getFirst()) + " at " + device.path();
    }

    @Override
    public Constraints constraints() {
        DmaLimits dma = device.dma();
        return new Constraints(dma.addressBits(), dma.maxSegments(), dma.maxSegmentSize(), false);
    }

    @Override
    public List<String> regions() {
        return Stream.concat(
                        device.regions().stream().map(use -> use.region().name()), device.protectedHeapName().stream())
                .toList();
    }

    @Override
    public OptionalInt endpoint() {
        return device.endpoint();
    }

    @Override
    public Optional<String> protectedHeapName() {
        return device.protectedHeapName();
    }

    @Override
    public Usability usability(MemoryOutlook outlook) {
        return reach.of(outlook);
    }

    @Override
    public Answer canAccess(Memory memory, Access direction) {
        return own(memory)
                .map(own ->
                        Answer.of(reach.physically(own.addresses().outlook()).answer() == Answer.YES
                                && firewall.permits(
                                        name(), direction, own.addresses().ranges())))
                .orElse(Answer.UNKNOWN);
    }

    @Override
    public void attach(Memory memory) {
        MemoryOutlook places = own(memory)
                .orElseThrow(() -> refusal(Usability.no("it is not memory of this board")))
                .addresses()
                .outlook();
        Usability usability = usability(places);
        if (usability.answer() != Answer.YES) {
            throw refusal(usability);
        }
    }

    @Override
    public DeviceMapping map(Memory memory, Access direction) {
        BoardMemory own = own(memory)
                .orElseThrow(() -> new IllegalArgumentException("memory that was never attached to " + name()));
        ScatterList places = own.addresses();
        if (!firewall.permits(name(), direction, places.ranges())) {
            throw denied(direction, places);
        }
        return new BusMapping(name(), places, direction, firewall, own.contents());
    }

    /** Nothing to forget: an attachment is a matter of the one who attached. */
    @Override
    public void detach(Memory memory) {}

    @Override
    public void busRead(long address, MemorySegment into) {
        bus.read(device, address, into);
    }

    @Override
    public void busWrite(long address, MemorySegment from) {
        bus.write(device, address, from);
    }

    private Optional<BoardMemory> own(Memory memory) {
        return memory instanceof BoardMemory known && known.isBehind(firewall) ? Optional.of(known) : Optional.empty();
    }

    private HeapException refusal(Usability why) {
        boolean isDenied = why.code() == ErrorCode.ACCESS_DENIED;
        return HeapException.of(why.code(), name() + " can never use this memory: " + why.reason())
                .operation("attach")
                .errno(isDenied ? "EACCES" : "EBUSY")
                .hint("Heaps.choose(Need.any().ofSize(BYTES).usedBy(\"" + name()
                        + "\")) finds memory for it, if there is any")
                .build();
    }

    private HeapException denied(Access direction, ScatterList places) {
        return HeapException.of(
                        ErrorCode.ACCESS_DENIED,
                        name() + " may not map for " + direction + " "
                                + places.ranges().getFirst())
                .operation("map")
                .errno("EACCES")
                .hint("The memory is protected, and the device is not on its access list: canAccess tells beforehand")
                .build();
    }

    @Override
    public String toString() {
        return "device " + name();
    }
}
