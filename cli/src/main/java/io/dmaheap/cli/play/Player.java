package io.dmaheap.cli.play;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does to real buffers what events say. A buffer that cannot be had is counted, and what the workload would have done to it is left
 * out. Not safe for use by several threads.
 */
public final class Player implements Consumer<Event>, AutoCloseable {
    /** The kernel's limit for the name of a dma-buf, less the NUL (DMA_BUF_NAME_LEN, include/uapi/linux/dma-buf.h). */
    private static final int LONGEST_NAME = 31;

    private final Function<Optional<String>, Source> sources;
    private final Workbench bench = new Workbench();
    private final Failures failures = new Failures();
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final BufferKinds kinds = new BufferKinds();
    private long bytes;
    private long peakBytes;
    private long peakBuffers;

    private record Held(DmaBuf buffer, Optional<String> client) {}

    /** A player that takes buffers from the source of the heap that an event names, or does not name. */
    public Player(Function<Optional<String>, Source> sources) {
        this.sources = sources;
    }

    @Override
    public void accept(Event event) {
        if (Thread.currentThread().isInterrupted()) {
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted").build();
        }
        switch (event) {
            case Event.Allocate allocate -> allocate(allocate);
            case Event.Use use -> use(use.id());
            case Event.Free free -> free(free.id());
            case Event.Crash crash ->
                held.entrySet().stream()
                        .filter(one -> one.getValue()
                                .client()
                                .filter(crash.client()::equals)
                                .isPresent())
                        .map(Map.Entry::getKey)
                        .toList()
                        .forEach(this::free);
        }
    }

    private void allocate(Event.Allocate event) {
        try {
            DmaBuf buffer = bench.allocate(sources.apply(event.heap()), request(event));
            held.put(event.id(), new Held(buffer, event.client()));
            kinds.add(buffer.info());
            bytes += buffer.size();
            peakBytes = Math.max(peakBytes, bytes);
            peakBuffers = Math.max(peakBuffers, held.size());
        } catch (HeapException e) {
            failures.add(e);
        }
    }

    private static AllocationRequest request(Event.Allocate event) {
        var request = AllocationRequest.of(event.size());
        if (event.id().getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME) {
            request = request.withName(event.id());
        }
        return event.client().map(request::withClient).orElse(request);
    }

    private void use(String id) {
        Held one = held.get(id);
        if (one != null) {
            try {
                bench.recycle(one.buffer());
            } catch (HeapException e) {
                failures.add(e);
            }
        }
    }

    private void free(String id) {
        Held one = held.remove(id);
        if (one != null) {
            bytes -= one.buffer().size();
            bench.close(one.buffer());
        }
    }

    /** Gives back what the workload left. */
    @Override
    public void close() {
        List.copyOf(held.keySet()).forEach(this::free);
    }

    /** The stopwatch and the contents. */
    public Workbench bench() {
        return bench;
    }

    /** What failed. */
    public Failures failures() {
        return failures;
    }

    /** What the buffers really were. */
    public BufferKinds kinds() {
        return kinds;
    }

    /** The bytes held now. */
    public long bytes() {
        return bytes;
    }

    /** The buffers held now. */
    public int buffers() {
        return held.size();
    }

    /** The most bytes held at one time. */
    public long peakBytes() {
        return peakBytes;
    }

    /** The most buffers held at one time. */
    public long peakBuffers() {
        return peakBuffers;
    }
}
