package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The memory of a buffer was protected, or could not be. */
@Name("dmaheap.Restrict")
@Label("Restriction")
@Category("dmaheap")
@Description("The memory of a buffer was protected, or could not be")
public final class RestrictEvent extends ProtectionEvent {
    private RestrictEvent() {}

    /** Starts the clock. */
    public static RestrictEvent started() {
        var event = new RestrictEvent();
        event.begin();
        return event;
    }
}
