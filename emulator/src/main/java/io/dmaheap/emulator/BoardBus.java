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
import java.util.List;

/**
 * What a bus master meets that puts an address on the bus, whoever gave it that: the board's wires, then the firewall, then the
 * memory. Only bytes that protected memory ever had are the board's own. Those that the CPU may map are the host's while somebody has
 * them, and are not found by address.
 */
record BoardBus(Board board, Workings machine) {

    void read(Device device, long address, MemorySegment into) {
        transfer(device, Access.READ, address, into, machine.store()::read);
    }

    void write(Device device, long address, MemorySegment from) {
        transfer(device, Access.WRITE, address, from, machine.store()::write);
    }

    private interface Move {
        void move(long address, MemorySegment part);
    }

    /** Checks all of a transfer before any of it happens, and each block again when its turn comes: the rules may have changed. */
    private void transfer(Device device, Access direction, long address, MemorySegment bytes, Move move) {
        long size = bytes.byteSize();
        if (size == 0) {
            return;
        }
        if (!AddressRange.isValid(address, size)) {
            throw nothingThere(device, direction, "0x%x bytes at 0x%x".formatted(size, address));
        }
        var whole = new AddressRange(address, size);
        checkWires(device, direction, whole);
        machine.firewall().check(device.name(), direction, whole);
        for (long done = 0; done < size; done += Firewall.BLOCK) {
            long at = done;
            var block = new AddressRange(address + at, Math.min(Firewall.BLOCK, size - at));
            refuseTheCpus(direction, block);
            machine.firewall()
                    .pass(
                            device.name(),
                            direction,
                            List.of(block),
                            () -> move.move(block.base(), bytes.asSlice(at, block.size())));
        }
    }

    private void checkWires(Device device, Access direction, AddressRange range) {
        if (!device.dma().reaches(range) || board.memory().stream().noneMatch(bank -> bank.contains(range))) {
            throw nothingThere(device, direction, range.toString());
        }
    }

    private static HeapException nothingThere(Device device, Access direction, String where) {
        return Firewall.fault(device.name(), direction, where)
                .hint("Nothing is there for this device: see `dmaheap board`")
                .build();
    }

    private void refuseTheCpus(Access direction, AddressRange range) {
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
