package io.dmaheap.cli.play;

import java.util.function.Consumer;

/** A sequence of events. Running it again gives the same sequence. */
@FunctionalInterface
public interface Workload {
    /** Hands over every event in order of time. */
    void run(Consumer<Event> sink);

    /** The same with every size multiplied by {@code factor}, but never below one byte. */
    default Workload scaled(double factor) {
        return sink -> run(event -> sink.accept(
                event instanceof Event.Allocate one
                        ? new Event.Allocate(
                                one.micros(),
                                one.id(),
                                Math.max(1, Math.round(one.size() * factor)),
                                one.heap(),
                                one.client())
                        : event));
    }
}
