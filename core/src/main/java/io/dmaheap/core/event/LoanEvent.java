package io.dmaheap.core.event;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What lending and reclaiming tell. Flight Recorder takes inherited fields, unless private, for fields of the event. */
public abstract sealed class LoanEvent extends Event permits LendEvent, ReclaimEvent {
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

    /** Emits the event if a recording wants it; {@code thrown} if it failed. */
    public final void ended(
            String ofPlugin, String ofRegion, long firstAddress, long bytes, @Nullable Throwable thrown) {
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
