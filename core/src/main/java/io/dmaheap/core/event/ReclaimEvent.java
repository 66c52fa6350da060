package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Lent pages were taken back from the secure world, or could not be. */
@Name("dmaheap.Reclaim")
@Label("Reclaiming")
@Category("dmaheap")
@Description("Lent pages were taken back from the secure world, or could not be")
public final class ReclaimEvent extends LoanEvent {
    private ReclaimEvent() {}

    /** Starts the clock. */
    public static ReclaimEvent started() {
        var event = new ReclaimEvent();
        event.begin();
        return event;
    }
}
