package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.emulator.tee.BusMemory;
import io.dmaheap.emulator.tee.EmulatedTee;
import io.dmaheap.emulator.tee.MediaTekMemory;
import io.dmaheap.emulator.tee.ProtectedPages;
import io.dmaheap.emulator.tee.VideoApplication;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformTee;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts a TEE into a board. */
final class BoardTee {
    private BoardTee() {}

    static PlatformTee of(Board board, Workings machine, SecureWorld world) {
        List<Supplier<TrustedApplication>> applications = new ArrayList<>(world.installed());
        applications.add(VideoApplication::new);
        List<Region.MediatekPool> regions = board.regions().stream()
                .filter(Region.MediatekPool.class::isInstance)
                .map(Region.MediatekPool.class::cast)
                .toList();
        if (!regions.isEmpty()) {
            var fixed = regions.stream()
                    .filter(region -> !region.isLent())
                    .map(Region::range)
                    .findFirst();
            var lendable = regions.stream()
                    .filter(Region.MediatekPool::isLent)
                    .map(Region::range)
                    .toList();
            var pages = new Pages(machine, trusted(board));
            applications.add(() -> new MediaTekMemory(world, fixed, lendable, pages));
        }
        return new EmulatedTee(
                world, machine.faults(), machine.firewall(), memory -> protectedMemory(memory, machine), applications);
    }

    private static Optional<BusMemory> protectedMemory(Memory memory, Workings machine) {
        return memory instanceof ProtectedMemory known && known.isBehind(machine.firewall())
                ? Optional.of(new BusMemory(known.addresses(), known::contents))
                : Optional.empty();
    }

    /** Every device that can be trusted with protected memory, for as much as it can. */
    static AccessList trusted(Board board) {
        var grants = new HashMap<String, Access>();
        for (Device device : board.devices()) {
            if (device.secureReads() || device.secureWrites()) {
                grants.put(
                        device.name(),
                        !device.secureWrites() ? Access.READ : device.secureReads() ? Access.READ_WRITE : Access.WRITE);
            }
        }
        return new AccessList(grants);
    }

    private record Pages(Workings machine, AccessList trusted) implements ProtectedPages {
        @Override
        public void clear(AddressRange range) {
            machine.store().scrub(range);
        }

        @Override
        public List<AddressRange> loansIn(AddressRange range) {
            return machine.physical().loansIn(range);
        }

        @Override
        public boolean isProtected(AddressRange range) {
            return machine.physical().isProtected(range);
        }

        @Override
        public void protect(AddressRange range) {
            machine.physical().protect(range, trusted);
        }

        @Override
        public void release(AddressRange range) {
            machine.physical().release(range);
        }
    }
}
