package io.dmaheap;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A snapshot of a plugin.
 *
 * @param id its id, unique on this machine
 * @param version its own version
 * @param description one line about it
 * @param vendor who made it
 * @param jar where it was loaded from, empty for a provider on the class or module path
 * @param state where it is in its life
 * @param heaps the names of the heaps it offers now
 * @param problem why it failed, if it did
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record PluginInfo(
        String id,
        String version,
        String description,
        String vendor,
        Optional<Path> jar,
        State state,
        List<String> heaps,
        Optional<Problem> problem) {

    /** Copies the list. */
    public PluginInfo {
        heaps = List.copyOf(heaps);
    }

    /** The life of a plugin. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum State {
        /** Its jar and manifest were read. */
        DISCOVERED,
        /** What it needs is there, and its module was made. */
        RESOLVED,
        /** It runs and offers its heaps. */
        STARTED,
        /** It is to go, and waits for the last buffer. */
        DRAINING,
        /** It was told to stop. */
        STOPPED,
        /** Its loader and jar are closed. */
        UNLOADED,
        /** It could not be used; see the problem. */
        FAILED
    }
}
