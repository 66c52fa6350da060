package io.dmaheap.core.event;

import io.dmaheap.HeapState;
import io.dmaheap.PluginInfo;
import jdk.jfr.FlightRecorder;

/**
 * The way to the events that every program comes by which opens heaps. The first touch of an event class registers it with JFR,
 * which takes a third of the time of opening even if nobody records; so nothing is touched before Flight Recorder runs.
 */
public final class StateEvents {
    private StateEvents() {}

    /** See {@link HeapEvent}. */
    public static void heap(String name, HeapState state, String plugin) {
        if (FlightRecorder.isInitialized()) {
            HeapEvent.emit(name, state, plugin);
        }
    }

    /** See {@link PluginEvent}. */
    public static void plugin(String id, String version, PluginInfo.State state) {
        if (FlightRecorder.isInitialized()) {
            PluginEvent.emit(id, version, state);
        }
    }
}
