package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.OpteeFirmware;
import io.dmaheap.emulator.board.ProtectedUse;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The board's OP-TEE as its driver sees it. It trusts nothing that the normal world says: a loan must be what the use case wants, for
 * whom it wants it, and pages that the kernel really gave up.
 */
final class BoardOptee implements ProtectedMemoryFirmware {
    private static final String STATIC_POOL = "secure-video";
    private static final String LENDABLE = "dma";

    private final OpteeFirmware firmware;
    private final Board board;
    private final Workings machine;
    private final SecureWorld world;
    private final Optional<MemoryRegion> lendable;
    /** By cookie; guarded by itself. */
    private final Map<Long, AddressRange> loans = new HashMap<>();

    /** The firmware of a board with these regions. */
    BoardOptee(OpteeFirmware firmware, Board board, Workings machine, SecureWorld world, List<MemoryRegion> regions) {
        this.firmware = firmware;
        this.board = board;
        this.machine = machine;
        this.world = world;
        this.lendable = firmware.region(LENDABLE)
                .flatMap(own -> regions.stream()
                        .filter(region -> region.name().equals(own.name()))
                        .findFirst());
    }

    @Override
    public Optional<PhysicalRange> staticPool() {
        return firmware.region(STATIC_POOL)
                .filter(region -> region.placement().noMap())
                .map(region ->
                        new PhysicalRange(region.range().base(), region.range().size()));
    }

    @Override
    public Optional<Config> config(int useCase) {
        machine.faults().pass(FaultPoint.CONFIGURE);
        requireAnswer("GET_PROTMEM_CONFIG");
        return firmware.use(useCase)
                .map(use -> new Config(use.minimumSize(), use.alignment(), Long.SIZE, attributes(use)));
    }

    private List<Attribute> attributes(ProtectedUse use) {
        return Stream.concat(
                        attributes(use.readers(), Attribute.READ_ONLY), attributes(use.writers(), Attribute.READ_WRITE))
                .toList();
    }

    private Stream<Attribute> attributes(List<String> devices, int permissions) {
        return board.devices().stream()
                .filter(device ->
                        devices.contains(device.name()) && device.endpoint().isPresent())
                .map(device -> new Attribute(device.endpoint().getAsInt(), permissions));
    }

    @Override
    public Optional<MemoryRegion> lendable() {
        return lendable;
    }

    @Override
    public void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie) {
        machine.faults().pass(FaultPoint.LEND);
        requireAnswer("LEND_PROTMEM");
        ProtectedUse use = firmware.use(useCase).orElseThrow(() -> refusal("LEND_PROTMEM", TeeResult.NOT_SUPPORTED));
        boolean wanted = range.size() >= use.minimumSize()
                && range.base() % use.alignment() == 0
                && new HashSet<>(attributes).equals(new HashSet<>(attributes(use)));
        var lent = new AddressRange(range.base(), range.size());
        synchronized (loans) {
            if (!wanted || loans.containsKey(cookie)) {
                throw refusal("LEND_PROTMEM", TeeResult.BAD_PARAMETERS);
            }
            loans.put(cookie, lent);
        }
        boolean done = false;
        try {
            machine.physical().protect(lent, accessList(attributes));
            done = true;
        } catch (IllegalArgumentException e) {
            throw refusal("LEND_PROTMEM", TeeResult.BAD_PARAMETERS);
        } finally {
            if (!done) {
                forget(cookie);
            }
        }
        requireAnswer("LEND_PROTMEM");
    }

    /** Asked before anything is done, and after it: who dies in between has done it, and tells nobody. */
    private void requireAnswer(String message) {
        if (world.isDead()) {
            throw refusal(message, TeeResult.COMMUNICATION, TeeOrigin.COMMS);
        }
    }

    private void forget(long cookie) {
        synchronized (loans) {
            loans.remove(cookie);
        }
    }

    private AccessList accessList(List<Attribute> attributes) {
        Map<String, Access> grants = new HashMap<>();
        for (Attribute attribute : attributes) {
            board.devices().stream()
                    .filter(device ->
                            device.endpoint().isPresent() && device.endpoint().getAsInt() == attribute.endpoint())
                    .map(Device::name)
                    .forEach(name -> grants.put(
                            name, attribute.permissions() == Attribute.READ_WRITE ? Access.READ_WRITE : Access.READ));
        }
        return new AccessList(grants);
    }

    @Override
    public void reclaim(long cookie) {
        machine.faults().pass(FaultPoint.RECLAIM);
        requireAnswer("RECLAIM_PROTMEM");
        AddressRange lent;
        synchronized (loans) {
            lent = loans.get(cookie);
        }
        if (lent == null) {
            throw refusal("RECLAIM_PROTMEM", TeeResult.ITEM_NOT_FOUND);
        }
        try {
            machine.physical().release(lent);
        } catch (IllegalArgumentException e) {
            throw refusal("RECLAIM_PROTMEM", TeeResult.BAD_STATE);
        }
        forget(cookie);
        requireAnswer("RECLAIM_PROTMEM");
    }

    private static HeapException refusal(String message, TeeResult result) {
        return refusal(message, result, TeeOrigin.TEE);
    }

    private static HeapException refusal(String message, TeeResult result, TeeOrigin origin) {
        try {
            TeeReply.of(result, origin).orThrow("OP-TEE refuses", message);
            throw new AssertionError(result + " is no refusal");
        } catch (HeapException refusal) {
            return refusal;
        }
    }
}
