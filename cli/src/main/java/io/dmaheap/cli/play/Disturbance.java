package io.dmaheap.cli.play;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What goes wrong in the life of a pipeline: one buffer in twenty is given up and allocated anew before its next use, and once a
 * minute a client crashes and comes back.
 */
public final class Disturbance implements Consumer<Event> {
    private static final int PERCENT_FREED_EARLY = 5;
    private static final long MINUTE = 60_000_000;

    private final Random random;
    private final Consumer<Event> sink;
    private final Map<String, Event.Allocate> live = new LinkedHashMap<>();
    /** The first crash comes within ten seconds, so that short workloads have one. */
    private long nextCrash;

    private Disturbance(long seed, Consumer<Event> sink) {
        this.random = new Random(seed);
        this.sink = sink;
        this.nextCrash = random.nextLong(MINUTE / 6);
    }

    /** The workload with disturbances in it. */
    public static Workload of(Workload workload, long seed) {
        return sink -> workload.run(new Disturbance(seed, sink));
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.Allocate allocate -> live.put(allocate.id(), allocate);
            case Event.Free free -> live.remove(free.id());
            case Event.Crash crash -> live.values().removeIf(one -> belongs(one, crash.client()));
            case Event.Use use -> disturb(use);
        }
        sink.accept(event);
    }

    private void disturb(Event.Use use) {
        if (random.nextInt(100) < PERCENT_FREED_EARLY) {
            sink.accept(new Event.Free(use.micros(), use.id()));
            sink.accept(Objects.requireNonNull(live.get(use.id())).at(use.micros()));
        }
        if (use.micros() >= nextCrash) {
            nextCrash = use.micros() + MINUTE;
            crash(use.micros());
        }
    }

    private void crash(long micros) {
        List<String> clients = live.values().stream()
                .flatMap(one -> one.client().stream())
                .distinct()
                .toList();
        if (clients.isEmpty()) {
            return;
        }
        String client = clients.get(random.nextInt(clients.size()));
        sink.accept(new Event.Crash(micros, client));
        live.values().stream().filter(one -> belongs(one, client)).forEach(one -> sink.accept(one.at(micros)));
    }

    private static boolean belongs(Event.Allocate one, String client) {
        return one.client().filter(client::equals).isPresent();
    }
}
