package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** The protection of a buffer was ended, or could not be. */
@Name("dmaheap.Unrestrict")
@Label("End of Restriction")
@Category("dmaheap")
@Description("The protection of a buffer was ended, or could not be")
public final class UnrestrictEvent extends Event {
    @Label("Heap")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Error")
    @Description("The error code, or what was thrown, if it failed")
    @Nullable
    String error;

    private UnrestrictEvent() {}

    /** Starts the clock. */
    public static UnrestrictEvent started() {
        var event = new UnrestrictEvent();
        event.begin();
        return event;
    }

    /** Emits the event if a recording wants it; {@code thrown} if it failed. */
    public void ended(String ofHeap, long bytes, @Nullable Throwable thrown) {
        end();
        if (shouldCommit()) {
            heap = ofHeap;
            size = bytes;
            error = Failures.word(thrown);
            commit();
        }
    }
}
