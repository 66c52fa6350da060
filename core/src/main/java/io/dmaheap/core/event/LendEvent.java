package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** Pages of a region were lent to the secure world, or could not be. */
@Name("dmaheap.Lend")
@Label("Lending")
@Category("dmaheap")
@Description("Pages of a region were lent to the secure world, or could not be")
public final class LendEvent extends Event {
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

    private LendEvent() {}

    /** Starts the clock. */
    public static LendEvent started() {
        var event = new LendEvent();
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
