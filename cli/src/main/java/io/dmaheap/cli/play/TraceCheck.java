package io.dmaheap.cli.play;

import io.dmaheap.cli.play.TraceLine.BadLineException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Refuses events that cannot have happened in this order. */
final class TraceCheck implements Consumer<Event> {
    private final Map<String, Optional<String>> clients = new HashMap<>();
    private long clock;

    @Override
    public void accept(Event event) {
        if (event.micros() < clock) {
            throw new BadLineException("time runs backwards, from " + clock + " to " + event.micros());
        }
        clock = event.micros();
        switch (event) {
            case Event.Allocate allocate -> {
                if (clients.putIfAbsent(allocate.id(), allocate.client()) != null) {
                    throw new BadLineException("the buffer '" + allocate.id() + "' is allocated already");
                }
            }
            case Event.Use use -> checkAlive(use.id());
            case Event.Free free -> {
                checkAlive(free.id());
                clients.remove(free.id());
            }
            case Event.Crash crash ->
                clients.values()
                        .removeIf(
                                client -> client.filter(crash.client()::equals).isPresent());
        }
    }

    private void checkAlive(String id) {
        if (!clients.containsKey(id)) {
            throw new BadLineException("no buffer '" + id + "' is allocated here");
        }
    }
}
