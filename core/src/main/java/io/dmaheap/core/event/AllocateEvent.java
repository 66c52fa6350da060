package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A buffer was allocated, or could not be. */
@Name("dmaheap.Allocate")
@Label("Buffer Allocation")
@Category("dmaheap")
@Description("A buffer was allocated from a heap, or could not be")
public final class AllocateEvent extends Event {
    @Label("Heap")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Client")
    @Nullable
    String client;

    @Label("Error")
    @Description("The error code if the allocation failed")
    @Nullable
    String error;

    private AllocateEvent() {}

    /** Starts the clock. */
    public static AllocateEvent started() {
        var event = new AllocateEvent();
        event.begin();
        return event;
    }

    /** Emits the event if a recording wants it; {@code thrown} if it failed. */
    public void ended(String ofHeap, long bytes, @Nullable String forClient, @Nullable Throwable thrown) {
        end();
        if (shouldCommit()) {
            heap = ofHeap;
            size = bytes;
            client = forClient;
            error = Failures.word(thrown);
            commit();
        }
    }
}
