package io.dmaheap.core.event;

import io.dmaheap.HeapState;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A heap entered a state of its life. */
@Name("dmaheap.Heap")
@Label("Heap State")
@Category("dmaheap")
@Description("A heap entered a state of its life")
@StackTrace(false)
public final class HeapEvent extends Event {
    @Label("Heap")
    String heap = "";

    @Label("State")
    String state = "";

    @Label("Plugin")
    String plugin = "";

    private HeapEvent() {}

    /** Emits the event if a recording wants it. */
    static void emit(String heap, HeapState state, String plugin) {
        var event = new HeapEvent();
        if (event.shouldCommit()) {
            event.heap = heap;
            event.state = state.name();
            event.plugin = plugin;
            event.commit();
        }
    }
}
