package io.dmaheap.emulator;

import io.dmaheap.Finding;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.util.List;
import java.util.Map;

/** Offers an emulated machine anywhere, and after everything else. */
public final class EmulatorPlatformProvider implements PlatformProvider {
    static final String NAME = "emulator";

    /** For {@link java.util.ServiceLoader}. */
    public EmulatorPlatformProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Suitability suitability() {
        return new Suitability(
                true,
                0,
                Memfds.obstacle()
                        .map(obstacle -> "a machine in software, without file descriptors: " + obstacle)
                        .orElse("a machine in software, whose buffers are memfds"));
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        return EmulatorPlatform.build(Machine.parse(configuration));
    }

    @Override
    public List<Finding> diagnose() {
        return List.of(Memfds.obstacle()
                .map(obstacle -> Finding.warn(
                        "emulator", "works, but its buffers cannot be shared with other processes", obstacle))
                .orElse(Finding.ok("emulator", "works, its buffers are memfds")));
    }
}
