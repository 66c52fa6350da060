package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Memory is withheld, since its protection could not be ended. */
@Name("dmaheap.Quarantine")
@Label("Quarantine")
@Category("dmaheap")
@Description("Memory is withheld, since its protection could not be ended")
public final class QuarantineEvent extends Event {
    @Label("Heap")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Reason")
    String reason = "";

    private QuarantineEvent() {}

    /** Emits the event if a recording wants it. */
    public static void emit(String ofHeap, long bytes, Throwable thrown) {
        var event = new QuarantineEvent();
        if (event.shouldCommit()) {
            event.heap = ofHeap;
            event.size = bytes;
            event.reason = thrown.toString();
            event.commit();
        }
    }
}
