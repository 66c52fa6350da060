package io.dmaheap.emulator.board;

import java.util.List;
import java.util.Objects;

/**
 * A secure world that runs OP-TEE ({@code Documentation/devicetree/bindings/arm/firmware/linaro,optee-tz.yaml}).
 *
 * <p>The real firmware tells its pools of protected memory at run time. An emulated one has to get them from somewhere, so here the
 * node may refer to them by {@code memory-region}, with the use case as name, such as {@code secure-video}.
 *
 * @param path the path of its node
 * @param method how it is called: {@code smc} or {@code hvc}
 * @param pools its protected memory
 */
public record OpteeFirmware(String path, String method, List<RegionUse> pools) {

    /** Checks that all parts are there. */
    public OpteeFirmware {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(method, "method");
        pools = List.copyOf(pools);
    }
}
