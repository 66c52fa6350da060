package io.dmaheap.bench.allocators;

import io.dmaheap.allocators.Range;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * Runs a workload on an allocator of this project and, from some moment on, writes down what it does. The workload reacts to
 * what it gets, the trace no longer does.
 */
final class TraceRecorder {
    private final Rule rule;
    private final long base;
    private final int size;
    private final Ranges ranges;
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private final Map<Long, Integer> slots = new HashMap<>();
    private long[] initial = {};
    private final LongStream.Builder operations = LongStream.builder();
    private boolean recording;
    private int slotCount;
    private int recorded;
    private long used;

    TraceRecorder(Rule rule, int size) {
        this.rule = rule;
        base = rule.base();
        this.size = size;
        ranges = rule.open(base, size);
    }

    int size() {
        return size;
    }

    long used() {
        return used;
    }

    /** How many operations were recorded. */
    int recorded() {
        return recorded;
    }

    /** Takes what is allocated now as the beginning of the trace. */
    void start() {
        List<Range> allocations = ranges.allocations().toList();
        initial = allocations.stream()
                .flatMapToLong(range -> LongStream.of(range.start() - base, range.size()))
                .toArray();
        allocations.forEach(range -> slots.put(range.start(), slotCount++));
        recording = true;
    }

    /** The first page, or -1. */
    long allocate(int pages) {
        long page = ranges.allocate(pages);
        used += page < 0 ? 0 : pages;
        if (recording) {
            int slot = freeSlots.isEmpty() ? slotCount++ : freeSlots.pop();
            record(Trace.allocate(slot, pages));
            if (page < 0) {
                freeSlots.push(slot);
            } else {
                slots.put(page, slot);
            }
        }
        return page;
    }

    void free(long page, int pages) {
        ranges.free(page, pages);
        used -= pages;
        if (recording) {
            int slot = Objects.requireNonNull(slots.remove(page), "no allocation there");
            record(Trace.free(slot));
            freeSlots.push(slot);
        }
    }

    private void record(long operation) {
        operations.add(operation);
        recorded++;
    }

    Trace trace() {
        return new Trace(
                rule, base, size, slotCount, initial, operations.build().toArray());
    }
}
