package io.dmaheap.cli.play;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Turns the steps of a profile into events: gives every buffer a name and every event a time. */
final class Schedule {
    private static final int SECOND = 1_000_000;

    private final int rounds;
    private final Consumer<Event> sink;
    /** Its sequence is specified, so that a seed means the same on every JDK. */
    private final Random random;

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private long clock;

    private static final class Group {
        private final ArrayDeque<Event.Allocate> live = new ArrayDeque<>();
        private int named;
    }

    Schedule(int rounds, long seed, Consumer<Event> sink) {
        this.rounds = rounds;
        this.random = new Random(seed);
        this.sink = sink;
    }

    void run(Profile profile) {
        for (Step step : profile.steps()) {
            switch (step) {
                case Step.Burst burst -> burst.sizes().forEach(size -> allocate(burst.group(), size));
                case Step.Cycle cycle -> cycle(cycle);
                case Step.Refill refill -> refill(refill);
                case Step.Free free -> free(free);
            }
        }
        groups.keySet().forEach(name -> free(new Step.Free(name, Integer.MAX_VALUE)));
    }

    private void allocate(String name, long size) {
        Group group = groups.computeIfAbsent(name, n -> new Group());
        var event = new Event.Allocate(clock, name + "-" + group.named++, size, Optional.empty(), Optional.of(name));
        group.live.add(event);
        sink.accept(event);
    }

    private void cycle(Step.Cycle cycle) {
        long start = clock;
        for (int round = 0; round < rounds; round++) {
            for (String name : cycle.groups()) {
                Group group = group(name);
                Event.Allocate next = group.live.removeFirst();
                group.live.addLast(next);
                sink.accept(new Event.Use(clock, next.id()));
            }
            tick(start, round, cycle.perSecond());
        }
    }

    private void refill(Step.Refill refill) {
        long start = clock;
        for (int round = 0; round < rounds; round++) {
            Group group = group(refill.group());
            List<Event.Allocate> candidates = new ArrayList<>(group.live);
            int victims = Math.max(1, candidates.size() * refill.percent() / 100);
            for (int i = 0; i < victims; i++) {
                Event.Allocate victim = candidates.remove(random.nextInt(candidates.size()));
                group.live.remove(victim);
                sink.accept(new Event.Free(clock, victim.id()));
                allocate(refill.group(), victim.size());
            }
            tick(start, round, refill.perSecond());
        }
    }

    /** Moves the clock to the next round, which comes 1 to 3 ms late, as rounds do, but never before this one. */
    private void tick(long start, int round, int perSecond) {
        long due = start + (round + 1L) * SECOND / perSecond;
        clock = Math.max(clock, due + 1000 + random.nextInt(2000));
    }

    private void free(Step.Free free) {
        Group group = group(free.group());
        for (int i = 0; i < free.count() && !group.live.isEmpty(); i++) {
            sink.accept(new Event.Free(clock, group.live.removeFirst().id()));
        }
    }

    private Group group(String name) {
        return Objects.requireNonNull(groups.get(name), () -> "no step allocates " + name);
    }
}
