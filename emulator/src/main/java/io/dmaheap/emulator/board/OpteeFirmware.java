package io.dmaheap.emulator.board;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A secure world that runs OP-TEE ({@code Documentation/devicetree/bindings/arm/firmware/linaro,optee-tz.yaml}).
 *
 * <p>The real firmware tells of its protected memory at run time. An emulated one has to get it from somewhere, so here the node may
 * refer to regions by {@code memory-region}: one called {@code secure-video} is the secure world's own, and one called {@code dma} is
 * where the kernel takes pages from that it lends. Its children are the {@linkplain ProtectedUse uses} that it borrows memory for.
 *
 * @param path the path of its node
 * @param method how it is called: {@code smc} or {@code hvc}
 * @param pools its protected memory
 * @param uses what it borrows memory for
 */
public record OpteeFirmware(String path, String method, List<RegionUse> pools, List<ProtectedUse> uses) {

    /** Checks that all parts are there. */
    public OpteeFirmware {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(method, "method");
        pools = List.copyOf(pools);
        uses = List.copyOf(uses);
    }

    /** The region that goes by this name in {@code memory-region-names}. */
    public Optional<Region> region(String name) {
        return pools.stream()
                .filter(pool -> pool.name().filter(name::equals).isPresent())
                .map(RegionUse::region)
                .findFirst();
    }

    /** What it borrows memory for under this number. */
    public Optional<ProtectedUse> use(int number) {
        return uses.stream().filter(use -> use.number() == number).findFirst();
    }
}
