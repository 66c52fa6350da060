package io.dmaheap.spi;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A bus master of a platform. Safe for use by several threads. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface PlatformDevice {

    /** Unique on the machine. */
    String name();

    /** One line about it. */
    String description();

    /** What memory it can use. */
    Constraints constraints();

    /** The names of the regions that the machine's description gives to it, best first. */
    List<String> regions();

    /** The 16-bit id by which the secure world knows it ({@link ProtectedMemoryFirmware.Attribute}), if it has one. */
    default OptionalInt endpoint() {
        return OptionalInt.empty();
    }

    /**
     * The region that it takes protected memory from, where the machine's description names one ({@code protected-heap-name}, the
     * Panthor series of January 2025).
     */
    default Optional<String> protectedHeapName() {
        return Optional.empty();
    }

    /**
     * Whether the device can use memory that lies so. {@link #attach} refuses what this refuses, for the same reason, and takes the rest.
     *
     * @implSpec the default decides by {@link #constraints()}
     */
    default Usability usability(MemoryOutlook outlook) {
        return outlook.usability(constraints());
    }

    /** Whether the device may and can do this to the memory; unknown for memory of another platform. */
    Answer canAccess(Memory memory, Access direction);

    /**
     * Checks whether the device can ever use the memory.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#INCOMPATIBLE_DEVICE}, {@link io.dmaheap.ErrorCode#ACCESS_DENIED}
     */
    void attach(Memory memory);

    /** Maps memory that was attached. */
    DeviceMapping map(Memory memory, Access direction);

    /** Forgets memory whose mappings are closed. */
    void detach(Memory memory);

    /**
     * Reads memory at the bus itself, for {@link io.dmaheap.Device#busRead}.
     *
     * @param address where the device sees the memory
     * @param into filled completely
     * @throws HeapException {@link ErrorCode#BUS_FAULT}, {@link ErrorCode#UNSUPPORTED}
     */
    default void busRead(long address, MemorySegment into) {
        throw noBus();
    }

    /**
     * Writes memory at the bus itself, for {@link io.dmaheap.Device#busWrite}.
     *
     * @param address where the device sees the memory
     * @param from written completely
     * @throws HeapException {@link ErrorCode#BUS_FAULT}, {@link ErrorCode#UNSUPPORTED}
     */
    default void busWrite(long address, MemorySegment from) {
        throw noBus();
    }

    private HeapException noBus() {
        return HeapException.of(
                        ErrorCode.UNSUPPORTED, "nobody here makes " + name() + " transfer what it was not given")
                .errno("EOPNOTSUPP")
                .build();
    }
}
