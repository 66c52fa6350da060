package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Pages of a region were lent to the secure world, or could not be. */
@Name("dmaheap.Lend")
@Label("Lending")
@Category("dmaheap")
@Description("Pages of a region were lent to the secure world, or could not be")
public final class LendEvent extends LoanEvent {
    private LendEvent() {}

    /** Starts the clock. */
    public static LendEvent started() {
        var event = new LendEvent();
        event.begin();
        return event;
    }
}
