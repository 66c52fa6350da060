package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.DmaLimits;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.board.RegionUse;
import io.dmaheap.emulator.bus.BusMapping;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
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

    BoardDevice(Device device, Firewall firewall, BoardBus bus) {
        this.device = device;
        this.firewall = firewall;
        this.bus = bus;
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
    public Answer canAccess(Memory memory, Access direction) {
        return own(memory)
                .map(own -> Answer.of(obstacle(own.addresses()).isEmpty()
                        && firewall.permits(name(), direction, own.addresses().ranges())))
                .orElse(Answer.UNKNOWN);
    }

    @Override
    public void attach(Memory memory) {
        ScatterList places = own(memory)
                .orElseThrow(() -> cannotUse("it is not memory of this board").build())
                .addresses();
        obstacle(places).ifPresent(reason -> {
            throw cannotUse(reason).build();
        });
        if (!firewall.permitsAnything(name(), places.ranges())) {
            throw denied("use", places, "attach");
        }
    }

    @Override
    public DeviceMapping map(Memory memory, Access direction) {
        BoardMemory own = own(memory)
                .orElseThrow(() -> new IllegalArgumentException("memory that was never attached to " + name()));
        ScatterList places = own.addresses();
        if (!firewall.permits(name(), direction, places.ranges())) {
            throw denied("map for " + direction, places, "map");
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

    /** Why the device can never use memory at these places. */
    private Optional<String> obstacle(ScatterList places) {
        return places.obstacle(constraints())
                .or(() -> places.ranges().stream()
                        .flatMap(range -> unreachable(range).stream())
                        .findFirst());
    }

    private Optional<String> unreachable(AddressRange range) {
        List<AddressRange> bounce = device.regions().stream()
                .map(RegionUse::region)
                .filter(Region.BouncePool.class::isInstance)
                .map(Region::range)
                .toList();
        if (!bounce.isEmpty() && bounce.stream().noneMatch(pool -> pool.contains(range))) {
            // The kernel would copy through the pool (swiotlb): the device would have a copy, which is no sharing.
            return Optional.of("it reaches its bounce buffers only, " + bounce.getFirst() + ", and not " + range);
        }
        return device.dma().reaches(range)
                ? Optional.empty()
                : Optional.of("its %d address bits and its buses do not reach %s"
                        .formatted(device.dma().addressBits(), range));
    }

    private HeapException.Builder cannotUse(String reason) {
        return HeapException.of(ErrorCode.INCOMPATIBLE_DEVICE, name() + " can never use this buffer: " + reason)
                .operation("attach")
                .errno("EBUSY")
                .hint("Heaps.choose(Need.usedBy(\"" + name() + "\")) finds memory for it, if there is any");
    }

    private HeapException denied(String what, ScatterList places, String operation) {
        return HeapException.of(
                        ErrorCode.ACCESS_DENIED,
                        name() + " may not " + what + " " + places.ranges().getFirst())
                .operation(operation)
                .errno("EACCES")
                .hint("The memory is protected, and the device is not on its access list: canAccess tells beforehand")
                .build();
    }

    @Override
    public String toString() {
        return "device " + name();
    }
}
