package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The memory of a buffer was given back. */
@Name("dmaheap.Free")
@Label("Buffer Release")
@Category("dmaheap")
@Description("The last reference to a buffer was dropped and its memory given back")
public final class FreeEvent extends Event {
    @Label("Heap")
    @Description("The heap it came from, empty for an imported buffer")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    private FreeEvent() {}

    /** Starts the clock. */
    public static FreeEvent started() {
        var event = new FreeEvent();
        event.begin();
        return event;
    }

    /** Emits the event if a recording wants it. */
    public void ended(String ofHeap, long bytes) {
        end();
        if (shouldCommit()) {
            heap = ofHeap;
            size = bytes;
            commit();
        }
    }
}
