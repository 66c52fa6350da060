package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.policy.Aliases;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The heaps by name.
 *
 * <p>Looking up reads a concurrent map and adds to a count: no lock. Registering and waiting share one lock, so that a heap cannot
 * arrive between a waiter's look and its sleep. A draining heap leaves the map before its count is closed; who found it just before
 * either gets a reference, which delays the end, or none.
 */
public final class HeapRegistry {
    private final ConcurrentHashMap<String, LiveHeap> heaps = new ConcurrentHashMap<>();
    /** Those that left the map and still have references. */
    private final Set<LiveHeap> draining = ConcurrentHashMap.newKeySet();

    private final Aliases aliases;

    private final ReentrantLock waiting = new ReentrantLock();
    private final Condition arrived = waiting.newCondition();
    /** Guarded by {@link #waiting}: how many wait for a name. */
    private final Map<String, Integer> awaited = new TreeMap<>();
    /** Written under {@link #waiting}. */
    private volatile boolean closed;

    /** An empty registry. */
    public HeapRegistry(Aliases aliases) {
        this.aliases = aliases;
    }

    /** Makes the heap findable and wakes who waits for it. */
    public void add(LiveHeap heap) {
        waiting.lock();
        try {
            LiveHeap other = heaps.putIfAbsent(heap.name(), heap);
            if (other != null) {
                throw HeapException.of(
                                ErrorCode.INVALID_CONFIGURATION,
                                "two plugins offer a heap of this name: " + other.plugin() + " and " + heap.plugin())
                        .heap(heap.name())
                        .errno("EEXIST")
                        .hint("Remove one of the two plugins; the first one stays in use")
                        .build();
            }
            arrived.signalAll();
        } finally {
            waiting.unlock();
        }
    }

    /** Lets the heap be found no more; {@code whenGone} runs after its last reference was dropped. */
    public void drain(LiveHeap heap, Runnable whenGone) {
        draining.add(heap);
        heaps.remove(heap.name(), heap);
        heap.drain(() -> {
            draining.remove(heap);
            whenGone.run();
        });
    }

    /**
     * The heap of that name or alias with a reference taken, or null.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if the alias stands for heaps protected in different ways
     */
    public @Nullable LiveHeap find(String name) {
        LiveHeap heap = heaps.get(name);
        if (heap != null && heap.retain()) {
            return heap;
        }
        return findByAlias(name);
    }

    private @Nullable LiveHeap findByAlias(String name) {
        if (closed) {
            throw new IllegalStateException("these heaps are closed");
        }
        List<LiveHeap> candidates = aliases.of(name).stream()
                .map(heaps::get)
                .filter(java.util.Objects::nonNull)
                .toList();
        if (candidates.stream()
                        .map(heap -> heap.traits().protection())
                        .distinct()
                        .count()
                > 1) {
            throw HeapException.of(
                            ErrorCode.INVALID_CONFIGURATION,
                            "the alias " + name + " stands for heaps that are protected in different ways: "
                                    + candidates.stream().map(LiveHeap::name).toList())
                    .hint("Ask for one of them by its own name")
                    .build();
        }
        for (LiveHeap candidate : candidates) {
            if (candidate.retain()) {
                return candidate;
            }
        }
        return null;
    }

    /** Waits for the heap; a reference is taken. */
    public LiveHeap await(String name, Duration timeout) {
        long nanos = timeout.toNanos();
        waiting.lock();
        try {
            awaited.merge(name, 1, Integer::sum);
            LiveHeap heap = find(name);
            while (heap == null) {
                if (nanos <= 0) {
                    throw timedOut(name, timeout);
                }
                nanos = arrived.awaitNanos(nanos);
                heap = find(name);
            }
            return heap;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for the heap")
                    .heap(name)
                    .cause(e)
                    .build();
        } finally {
            awaited.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
            waiting.unlock();
        }
    }

    private HeapException timedOut(String name, Duration timeout) {
        return HeapException.of(
                        ErrorCode.TIMED_OUT,
                        "no plugin brought the heap " + name + " within " + timeout.toMillis() + " ms")
                .hint(NearNames.hint(name, heaps.keySet()))
                .build();
    }

    /** What to say to somebody who asked for a heap that is not there. */
    public HeapException notFound(String name) {
        return HeapException.of(ErrorCode.HEAP_NOT_FOUND, "there is no heap " + name)
                .errno("ENOENT")
                .hint(NearNames.hint(name, heaps.keySet()))
                .build();
    }

    /** Those that can be found. */
    public Collection<LiveHeap> live() {
        return heaps.values();
    }

    /** Those that are going away. */
    public Collection<LiveHeap> draining() {
        return draining;
    }

    /** The names that somebody waits for. */
    public List<String> awaited() {
        waiting.lock();
        try {
            return List.copyOf(awaited.keySet());
        } finally {
            waiting.unlock();
        }
    }

    /** The heap of exactly that name without taking a reference, for showing it. */
    public Optional<LiveHeap> peek(String name) {
        return Optional.ofNullable(heaps.get(name));
    }

    /** Ends all waiting; finding fails from now on. */
    public void close() {
        waiting.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            waiting.unlock();
        }
    }
}
