package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The protection of a buffer was ended, or could not be. */
@Name("dmaheap.Unrestrict")
@Label("End of Restriction")
@Category("dmaheap")
@Description("The protection of a buffer was ended, or could not be")
public final class UnrestrictEvent extends ProtectionEvent {
    private UnrestrictEvent() {}

    /** Starts the clock. */
    public static UnrestrictEvent started() {
        var event = new UnrestrictEvent();
        event.begin();
        return event;
    }
}
