package io.dmaheap.emulator.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeInfo.Capability;
import io.dmaheap.tee.TeeInfo.Implementation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The TEE of a board, which says of itself what OP-TEE 4.10 says on QEMU. */
public final class EmulatedTee implements PlatformTee {
    private static final TeeInfo INFO = new TeeInfo(
            "tee0",
            Implementation.OPTEE,
            1,
            Set.of(Capability.GLOBAL_PLATFORM, Capability.REGISTERED_MEMORY, Capability.NULL_REFERENCE),
            Openable.YES);

    private final SecureWorld world;
    private final Faults faults;
    private final Firewall firewall;
    private final Function<Memory, Optional<BusMemory>> protectedMemory;
    private final Map<UUID, LoadedApplication> applications;

    /**
     * A TEE with these applications.
     *
     * @param protectedMemory finds what is behind protected memory of the board
     * @param makers make an application each, and another when that has panicked
     */
    public EmulatedTee(
            SecureWorld world,
            Faults faults,
            Firewall firewall,
            Function<Memory, Optional<BusMemory>> protectedMemory,
            List<Supplier<TrustedApplication>> makers) {
        this.world = world;
        this.faults = faults;
        this.firewall = firewall;
        this.protectedMemory = protectedMemory;
        this.applications = makers.stream()
                .map(LoadedApplication::new)
                .collect(Collectors.toConcurrentMap(one -> one.code().uuid(), one -> one));
    }

    SecureWorld world() {
        return world;
    }

    Faults faults() {
        return faults;
    }

    Firewall firewall() {
        return firewall;
    }

    Optional<BusMemory> behind(Memory memory) {
        return protectedMemory.apply(memory.backing());
    }

    /** The application that a new session is with. */
    Optional<LoadedApplication> application(UUID uuid) {
        return Optional.ofNullable(applications.computeIfPresent(uuid, (_, loaded) -> loaded.forNextSession()));
    }

    @Override
    public TeeInfo info() {
        return INFO;
    }

    @Override
    public TeeConnection open() {
        if (!world.isPresent()) {
            throw HeapException.of(ErrorCode.DEVICE_GONE, "no driver answers /dev/tee0")
                    .operation("open")
                    .errno("ENODEV")
                    .hint("The board has no TEE now: SecureWorld.setPresent(true) brings it")
                    .build();
        }
        return new EmulatedConnection(this);
    }
}
