package io.dmaheap.core.plugin;

import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;

/** Hears of plugins as they come and go. Called on the thread that owns the plugins, so it must not block nor call back. */
public interface PluginListener {

    /** A plugin entered the state that it is in now. */
    void changed(PluginInfo plugin);

    /** Something went wrong with a jar or plugin. Each finding is told once, until the jar changes. */
    void problem(Problem problem);

    /**
     * A problem that was told has passed: the jar is gone or was replaced, or works now.
     *
     * @param problem equal to what was told
     */
    default void ended(Problem problem) {}
}
