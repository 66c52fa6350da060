package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Access;
import io.dmaheap.DmaBuf;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.emulator.secure.SecureWorld.Interposer;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.testkit.PlatformInHand;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** An emulated board of which a test holds all ends: the heaps on it, the platform below, and the secure world. */
final class SecureBoard {
    static final UUID MEMORY = UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");
    static final int ZALLOC = 0x10000;
    static final int FREE = 0x10001;
    static final int RETRIEVE_SG = 0x10002;
    static final int GET_REGION_NUM = 0x10003;
    static final long MIB = 1 << 20;

    private final Emulator emulator = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(emulator);
    private final List<Command> commands = new CopyOnWriteArrayList<>();

    /**
     * A command that the memory application got.
     *
     * @param first the first two numbers
     * @param type the first number of the second parameter
     * @param base the first number of the third
     * @param lent the second number of the third
     */
    record Command(int number, long first, long type, long base, long lent) {}

    SecureBoard() {
        interpose((command, parameters, behind) -> behind.invoke(command, parameters));
    }

    /** Stands before the memory application. What it is asked is recorded in any case. */
    void interpose(Interposer what) {
        secureWorld().interpose(MEMORY, (command, parameters, behind) -> {
            var slots = parameters.slots();
            commands.add(new Command(
                    command,
                    slots.getFirst().value().a(),
                    slots.size() > 1 ? slots.get(1).value().a() : 0,
                    slots.size() > 2 ? slots.get(2).value().a() : 0,
                    slots.size() > 2 ? slots.get(2).value().b() : 0));
            return what.invoke(command, parameters, behind);
        });
    }

    /** The application answers for itself again. */
    void heal() {
        interpose((command, parameters, behind) -> behind.invoke(command, parameters));
    }

    List<Command> commands(int number) {
        return commands.stream().filter(one -> one.number() == number).toList();
    }

    SecureWorld secureWorld() {
        return emulator.secureWorld();
    }

    Faults faults() {
        return emulator.faults();
    }

    Heaps open() {
        return platform.open();
    }

    MemoryRegion lendable() {
        return platform.region("restricted-cma@60000000");
    }

    MemoryRegion fixed() {
        return platform.region("restricted-cm@50000000");
    }

    /** Where a buffer begins, on the bus. */
    static long placeOf(Heaps heaps, DmaBuf buffer) {
        try (var attachment = heaps.device("decoder").orElseThrow().attach(buffer);
                var mapping = attachment.map(Access.READ)) {
            return mapping.segments().getFirst().address();
        }
    }

    /** Where the region of a heap begins. */
    long baseOf(String heap) {
        return (heap.endsWith("cm") ? fixed() : lendable()).base();
    }

    /** Whether the normal world has all of the region that it lends; finds out by lending it. */
    boolean isIdle() {
        try {
            lendable().lend(0, lendable().size()).reclaim();
            return true;
        } catch (HeapException | IllegalArgumentException _) {
            return false;
        }
    }
}
