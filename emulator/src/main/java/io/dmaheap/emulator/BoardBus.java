package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.lang.foreign.MemorySegment;

/**
 * What a bus master meets that puts an address on the bus, whoever gave it that: the board's wires, then the firewall, then the
 * memory. Only bytes that protected memory ever had are the board's own. Those that the CPU may map are the host's while somebody has
 * them, and are not found by address.
 */
record BoardBus(Board board, Workings machine) {

    void read(Device device, long address, MemorySegment into) {
        if (into.byteSize() > 0) {
            pass(device, Access.READ, address, into.byteSize());
            machine.store().read(address, into);
        }
    }

    void write(Device device, long address, MemorySegment from) {
        if (from.byteSize() > 0) {
            pass(device, Access.WRITE, address, from.byteSize());
            machine.store().write(address, from);
        }
    }

    private void pass(Device device, Access direction, long address, long size) {
        var range = new AddressRange(address, size);
        if (!device.dma().reaches(range) || board.memory().stream().noneMatch(bank -> bank.contains(range))) {
            throw Firewall.fault(device.name(), direction, range)
                    .hint("Nothing is there for this device: see `dmaheap board`")
                    .build();
        }
        machine.firewall().check(device.name(), direction, range);
        if (isOfTheCpu(range)) {
            throw HeapException.of(
                            ErrorCode.UNSUPPORTED, range + " is memory that the CPU uses, whose bytes are the host's")
                    .operation(direction.reads() ? "read" : "write")
                    .errno("EOPNOTSUPP")
                    .hint("Attach the buffer that lies there")
                    .build();
        }
    }

    /** Whether some of it is ordinary memory, or a buffer that is neither in the secure world's memory nor in what was lent. */
    private boolean isOfTheCpu(AddressRange range) {
        boolean isSecure = board.regions().stream()
                .anyMatch(region -> region.placement().noMap() && region.range().contains(range));
        boolean isSetAside = board.regions().stream().map(Region::range).anyMatch(region -> region.contains(range));
        return !isSecure && (!isSetAside || machine.physical().isHeldUnlent(range));
    }
}
