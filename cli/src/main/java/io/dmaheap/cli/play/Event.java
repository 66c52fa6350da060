package io.dmaheap.cli.play;

import java.util.Optional;

/** Something that happens to a buffer. */
public sealed interface Event {
    /** When, in microseconds since the start of the workload. */
    long micros();

    /**
     * A buffer is allocated.
     *
     * @param id names the buffer within the workload
     * @param size bytes
     * @param heap where from, empty for the heap that the player was given
     * @param client on whose behalf
     */
    record Allocate(long micros, String id, long size, Optional<String> heap, Optional<String> client)
            implements Event {
        Allocate at(long time) {
            return new Allocate(time, id, size, heap, client);
        }
    }

    /** A producer fills the buffer, then a consumer reads it: one trip round the pipeline. */
    record Use(long micros, String id) implements Event {}

    /** The buffer is given back. */
    record Free(long micros, String id) implements Event {}

    /** All buffers of a client are given back at once. */
    record Crash(long micros, String client) implements Event {}
}
