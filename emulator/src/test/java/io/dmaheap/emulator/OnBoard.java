package io.dmaheap.emulator;

import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;

/** Finds by name what is on a board. */
public final class OnBoard {
    private OnBoard() {}

    public static MemoryRegion region(Platform board, String name) {
        return board.regions().stream()
                .filter(region -> region.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    public static PlatformDevice device(Platform board, String name) {
        return board.devices().stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
