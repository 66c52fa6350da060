package io.dmaheap.core.event;

import io.dmaheap.PluginInfo;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A plugin entered a state of its life. */
@Name("dmaheap.Plugin")
@Label("Plugin State")
@Category("dmaheap")
@Description("A plugin entered a state of its life")
@StackTrace(false)
public final class PluginEvent extends Event {
    @Label("Plugin")
    String plugin = "";

    @Label("Version")
    String version = "";

    @Label("State")
    String state = "";

    private PluginEvent() {}

    /** Emits the event if a recording wants it. */
    static void emit(String plugin, String version, PluginInfo.State state) {
        var event = new PluginEvent();
        if (event.shouldCommit()) {
            event.plugin = plugin;
            event.version = version;
            event.state = state.name();
            event.commit();
        }
    }
}
