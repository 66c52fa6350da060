package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.bus.Contents;
import io.dmaheap.emulator.bus.ScatterList;
import java.util.function.Supplier;

/**
 * Memory of the board that only the bus reaches.
 *
 * @param addresses where it is
 * @param contents opens its bytes
 */
public record BusMemory(ScatterList addresses, Supplier<Contents> contents) {
    long size() {
        return addresses.ranges().stream().mapToLong(range -> range.size()).sum();
    }
}
