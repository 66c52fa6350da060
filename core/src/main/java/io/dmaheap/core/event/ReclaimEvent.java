package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** Lent pages were taken back from the secure world, or could not be. */
@Name("dmaheap.Reclaim")
@Label("Reclaiming")
@Category("dmaheap")
@Description("Lent pages were taken back from the secure world, or could not be")
public final class ReclaimEvent extends Event {
    @Label("Plugin")
    String plugin = "";

    @Label("Region")
    String region = "";

    @Label("Base")
    @Description("The first physical address")
    long base;

    @Label("Size")
    @DataAmount
    long size;

    @Label("Error")
    @Description("The error code, or what was thrown, if it failed")
    @Nullable
    String error;

    private ReclaimEvent() {}

    /** Starts the clock. */
    public static ReclaimEvent started() {
        var event = new ReclaimEvent();
        event.begin();
        return event;
    }

    /** Emits the event if a recording wants it; {@code thrown} if it failed. */
    public void ended(String ofPlugin, String ofRegion, long firstAddress, long bytes, @Nullable Throwable thrown) {
        end();
        if (shouldCommit()) {
            plugin = ofPlugin;
            region = ofRegion;
            base = firstAddress;
            size = bytes;
            error = Failures.word(thrown);
            commit();
        }
    }
}
