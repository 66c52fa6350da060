package io.dmaheap.core.event;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What restricting and its end tell. Flight Recorder takes inherited fields, unless private, for fields of the event. */
public abstract sealed class ProtectionEvent extends Event permits RestrictEvent, UnrestrictEvent {
    @Label("Heap")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Error")
    @Description("The error code, or what was thrown, if it failed")
    @Nullable
    String error;

    /** Emits the event if a recording wants it; {@code thrown} if it failed. */
    public final void ended(String ofHeap, long bytes, @Nullable Throwable thrown) {
        end();
        if (shouldCommit()) {
            heap = ofHeap;
            size = bytes;
            error = Failures.word(thrown);
            commit();
        }
    }
}
