package io.dmaheap.core.policy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the operator decided about one heap. Sizes are bytes.
 *
 * @param buffer the largest single buffer
 * @param total the most that all its buffers in this process may take together
 * @param client the most that the buffers of each client may take
 * @param clients the same for some clients, by name
 * @param patience how long a request waits for others to close buffers when the heap is full
 * @param exportable whether its buffers may have file descriptors
 */
public record HeapPolicy(
        long buffer, long total, long client, Map<String, Long> clients, Duration patience, boolean exportable) {

    /** Nothing was decided. */
    public static final HeapPolicy NONE =
            new HeapPolicy(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Map.of(), Duration.ZERO, true);

    /** Copies the map. */
    public HeapPolicy {
        clients = Map.copyOf(clients);
    }

    /** The most that the buffers of this client may take. */
    public long ofClient(String name) {
        return clients.getOrDefault(name, client);
    }

    /** Whether any client has a limit. */
    public boolean limitsClients() {
        return client != Long.MAX_VALUE || !clients.isEmpty();
    }

    HeapPolicy withBuffer(long bytes) {
        return new HeapPolicy(bytes, total, client, clients, patience, exportable);
    }

    HeapPolicy withTotal(long bytes) {
        return new HeapPolicy(buffer, bytes, client, clients, patience, exportable);
    }

    HeapPolicy withClient(long bytes) {
        return new HeapPolicy(buffer, total, bytes, clients, patience, exportable);
    }

    HeapPolicy withClient(String name, long bytes) {
        var more = new HashMap<>(clients);
        more.put(name, bytes);
        return new HeapPolicy(buffer, total, client, more, patience, exportable);
    }

    HeapPolicy withPatience(Duration time) {
        return new HeapPolicy(buffer, total, client, clients, time, exportable);
    }

    HeapPolicy withExportable(boolean allowed) {
        return new HeapPolicy(buffer, total, client, clients, patience, allowed);
    }
}
