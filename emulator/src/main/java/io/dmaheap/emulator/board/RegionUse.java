package io.dmaheap.emulator.board;

import java.util.Objects;
import java.util.Optional;

/**
 * A reference to a region: one entry of {@code memory-region}
 * ({@code Documentation/devicetree/bindings/reserved-memory/memory-region.yaml}).
 *
 * @param name what the device calls the region ({@code memory-region-names}), if it does
 * @param region the region
 */
public record RegionUse(Optional<String> name, Region region) {

    /** Checks that both parts are there. */
    public RegionUse {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(region, "region");
    }
}
