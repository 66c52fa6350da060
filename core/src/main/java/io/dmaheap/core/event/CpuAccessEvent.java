package io.dmaheap.core.event;

import io.dmaheap.Access;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** The CPU had access to a buffer. */
@Name("dmaheap.CpuAccess")
@Label("CPU Access")
@Category("dmaheap")
@Description("The CPU had access to a buffer, from begin to end")
public final class CpuAccessEvent extends Event {
    @Label("Heap")
    @Description("The heap it came from, empty for an imported buffer")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Access")
    String access = "";

    private CpuAccessEvent() {}

    /** Starts the clock; null if no recording wants the event, so that an access need not keep one. */
    public static @Nullable CpuAccessEvent startedIfWanted() {
        var event = new CpuAccessEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    /** Emits the event if a recording wants it. */
    public void ended(String ofHeap, long bytes, Access granted) {
        end();
        if (shouldCommit()) {
            heap = ofHeap;
            size = bytes;
            access = granted.name();
            commit();
        }
    }
}
