package io.dmaheap.cli.play;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** How much memory a workload takes, by arithmetic. */
public final class Footprint implements Consumer<Event> {
    private final Map<String, Event.Allocate> live = new HashMap<>();
    private final Set<String> heaps = new TreeSet<>();
    private long bytes;
    private long micros;
    private long largest;
    private long peakBytes;
    private long peakBuffers;
    private long buffers;
    private long totalBytes;

    /** Runs a workload without a buffer. */
    public static Footprint of(Workload workload) {
        var footprint = new Footprint();
        workload.run(footprint);
        return footprint;
    }

    @Override
    public void accept(Event event) {
        micros = Math.max(micros, event.micros());
        switch (event) {
            case Event.Allocate allocate -> {
                live.put(allocate.id(), allocate);
                bytes += allocate.size();
                buffers++;
                totalBytes += allocate.size();
                largest = Math.max(largest, allocate.size());
                allocate.heap().ifPresent(heaps::add);
                peakBytes = Math.max(peakBytes, bytes);
                peakBuffers = Math.max(peakBuffers, live.size());
            }
            case Event.Free free -> freed(free.id());
            case Event.Crash crash ->
                live.values().stream()
                        .filter(one ->
                                one.client().filter(crash.client()::equals).isPresent())
                        .map(Event.Allocate::id)
                        .toList()
                        .forEach(this::freed);
            case Event.Use use -> {}
        }
    }

    private void freed(String id) {
        Event.Allocate one = live.remove(id);
        bytes -= one == null ? 0 : one.size();
    }

    /** The most bytes that live at one time. */
    public long peakBytes() {
        return peakBytes;
    }

    /** The most buffers that live at one time. */
    public long peakBuffers() {
        return peakBuffers;
    }

    /** All buffers ever allocated. */
    public long buffers() {
        return buffers;
    }

    /** The bytes of all buffers ever allocated. */
    public long totalBytes() {
        return totalBytes;
    }

    /** When its last event happens, in microseconds after it began. */
    public long micros() {
        return micros;
    }

    /** The heaps that it names. */
    public Set<String> heaps() {
        return Collections.unmodifiableSet(heaps);
    }

    /** The bytes of the largest buffer. */
    public long largest() {
        return largest;
    }
}
