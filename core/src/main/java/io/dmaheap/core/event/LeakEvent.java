package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A handle became garbage unclosed. */
@Name("dmaheap.Leak")
@Label("Leaked Handle")
@Category("dmaheap")
@Description("A handle became garbage without having been closed")
@StackTrace(false)
public final class LeakEvent extends Event {
    @Label("Handle")
    String handle = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Made At")
    @Description("The stack that made the handle, empty if it was not sampled")
    String madeAt = "";

    private LeakEvent() {}

    /** Emits the event if a recording wants it. */
    public static void emit(String what, long bytes, String origin) {
        var event = new LeakEvent();
        if (event.shouldCommit()) {
            event.handle = what;
            event.size = bytes;
            event.madeAt = origin;
            event.commit();
        }
    }
}
