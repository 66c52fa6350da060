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
        return Emulator.standard().suitability();
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        return Emulator.standard().open(configuration);
    }

    @Override
    public List<Finding> diagnose() {
        return List.of(Memfds.obstacle()
                .map(noMemfds -> Finding.warn(
                        NAME,
                        "works, but its buffers cannot be shared with other processes"
                                + PlainMemory.warning().map(what -> ". " + what).orElse(""),
                        noMemfds))
                .orElse(Finding.ok(NAME, "works, its buffers are memfds")));
    }
}
