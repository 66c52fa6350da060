package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.spi.PlatformTee;
import java.util.List;
import java.util.Map;

/**
 * The memory of a board and a TEE of the test's own.
 *
 * @param board whose memory it is; closed with the heaps
 * @param tee who scrubs
 */
record BoardWithTee(Platform board, PlatformTee tee) implements Platform, PlatformProvider {

    @Override
    public String name() {
        return board.name();
    }

    @Override
    public Suitability suitability() {
        return new Suitability(true, 0, "it is played");
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        return this;
    }

    @Override
    public int pageSize() {
        return board.pageSize();
    }

    @Override
    public long availableMemory() {
        return board.availableMemory();
    }

    @Override
    public List<MemoryRegion> regions() {
        return board.regions();
    }

    @Override
    public List<PlatformTee> tees() {
        return List.of(tee);
    }

    @Override
    public void close() {
        board.close();
    }
}
