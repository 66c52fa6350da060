package io.dmaheap.core.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A file descriptor of a buffer was handed out. */
@Name("dmaheap.Export")
@Label("Buffer Export")
@Category("dmaheap")
@Description("A file descriptor of a buffer was handed out")
public final class ExportEvent extends Event {
    @Label("Heap")
    @Description("The heap it came from, empty for an imported buffer")
    String heap = "";

    @Label("Size")
    @DataAmount
    long size;

    @Label("Descriptor")
    int fd;

    private ExportEvent() {}

    /** Emits the event if a recording wants it. */
    public static void emit(String ofHeap, long bytes, int number) {
        var event = new ExportEvent();
        if (event.shouldCommit()) {
            event.heap = ofHeap;
            event.size = bytes;
            event.fd = number;
            event.commit();
        }
    }
}
