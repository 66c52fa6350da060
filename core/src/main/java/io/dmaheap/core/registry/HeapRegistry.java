package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.policy.Aliases;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heaps by name.
 *
 * <p>Looking up reads a concurrent map and adds to a count: no lock. Registering and waiting share one lock, so that a heap cannot
 * arrive between a waiter's look and its sleep. A draining heap leaves the map before its count is closed; who found it just before
 * either gets a reference, which delays the end, or none.
 */
public final class HeapRegistry {
    /** Half of what the clock can tell apart, so that adding it never overflows; some 146 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private final ConcurrentHashMap<String, LiveHeap> heaps = new ConcurrentHashMap<>();
    /** Those that left the map and still have references. */
    private final Set<LiveHeap> draining = ConcurrentHashMap.newKeySet();

    private final Aliases aliases;

    private final ReentrantLock waiting = new ReentrantLock();
    private final Condition arrived = waiting.newCondition();
    /** Guarded by {@link #waiting}: how many wait for a name. */
    private final Map<String, Integer> awaited = new TreeMap<>();
    /** Guarded by {@link #waiting}: heaps of plugins that are starting. */
    private final Map<String, LiveHeap> reserved = new HashMap<>();
    /** Guarded by {@link #waiting}: changes whenever a look may have become out of date. */
    private long news;
    /** Written under {@link #waiting}. */
    private volatile boolean closed;

    /** An empty registry. */
    public HeapRegistry(Aliases aliases) {
        this.aliases = aliases;
    }

    /** The other names of heaps. */
    public Aliases aliases() {
        return aliases;
    }

    /**
     * Makes the heap findable and wakes who waits for it.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if there is a heap of that name
     * @throws IllegalStateException if the registry is closed
     */
    public void add(LiveHeap heap) {
        waiting.lock();
        try {
            reserve(heap);
            publish(heap);
        } finally {
            waiting.unlock();
        }
    }

    /**
     * Keeps the name for a heap whose plugin has not finished starting. It cannot be found until it is {@link #publish}ed, since
     * nobody must hold a buffer of a plugin that then fails.
     *
     * @throws HeapException as {@link #add}
     * @throws IllegalStateException if the registry is closed
     */
    public void reserve(LiveHeap heap) {
        waiting.lock();
        try {
            checkOpen();
            LiveHeap other = heaps.getOrDefault(heap.name(), reserved.get(heap.name()));
            if (other != null) {
                throw HeapException.of(
                                ErrorCode.INVALID_CONFIGURATION,
                                "two plugins offer a heap of this name: " + other.plugin() + " and " + heap.plugin())
                        .heap(heap.name())
                        .errno("EEXIST")
                        .hint("Remove one of the two plugins; the first one stays in use")
                        .build();
            }
            reserved.put(heap.name(), heap);
        } finally {
            waiting.unlock();
        }
    }

    /**
     * Makes a heap findable whose name was reserved, and wakes who waits for it.
     *
     * @throws IllegalStateException if the registry is closed
     */
    public void publish(LiveHeap heap) {
        waiting.lock();
        try {
            checkOpen();
            reserved.remove(heap.name(), heap);
            // Callers mostly ask with a literal; an interned key is then found by identity, without comparing
            // characters.
            heaps.put(heap.name().intern(), heap);
            heap.arrived();
            tellWaiters();
        } finally {
            waiting.unlock();
        }
    }

    private void tellWaiters() {
        news++;
        arrived.signalAll();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("these heaps are closed");
        }
    }

    /** Lets the heap be found no more; {@code whenGone} runs after its last reference was dropped. */
    public void drain(LiveHeap heap, Runnable whenGone) {
        draining.add(heap);
        waiting.lock();
        try {
            reserved.remove(heap.name(), heap);
        } finally {
            waiting.unlock();
        }
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
        checkOpen();
        List<LiveHeap> candidates = aliases.of(name).stream()
                .map(heaps::get)
                .filter(Objects::nonNull)
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

    /**
     * Waits for the heap; a reference is taken. Looks without holding the lock, since a look may meet the end of a heap, which runs
     * the plugin's code.
     *
     * @throws HeapException {@link ErrorCode#TIMED_OUT}; {@link ErrorCode#INTERRUPTED}
     * @throws IllegalStateException if the registry is closed, at the start or while waiting
     */
    public LiveHeap await(String name, Duration timeout) {
        Duration limit = timeout.isNegative() ? Duration.ZERO : timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        long deadline = System.nanoTime() + limit.toNanos();
        long seen = startWaiting(name);
        try {
            while (true) {
                LiveHeap heap = find(name);
                if (heap != null) {
                    return heap;
                }
                seen = awaitNews(seen, deadline - System.nanoTime(), () -> timedOut(name, limit));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for the heap")
                    .heap(name)
                    .hint("Somebody interrupted this thread; call again if the heap is still wanted")
                    .cause(e)
                    .build();
        } finally {
            stopWaiting(name);
        }
    }

    private long startWaiting(String name) {
        waiting.lock();
        try {
            awaited.merge(name, 1, Integer::sum);
            return news;
        } finally {
            waiting.unlock();
        }
    }

    private long awaitNews(long seen, long nanos, Supplier<HeapException> tooLate) throws InterruptedException {
        waiting.lockInterruptibly();
        try {
            long left = nanos;
            while (news == seen) {
                if (left <= 0) {
                    throw tooLate.get();
                }
                left = arrived.awaitNanos(left);
            }
            return news;
        } finally {
            waiting.unlock();
        }
    }

    private void stopWaiting(String name) {
        waiting.lock();
        try {
            awaited.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
        } finally {
            waiting.unlock();
        }
    }

    private HeapException timedOut(String name, Duration timeout) {
        return HeapException.of(
                        ErrorCode.TIMED_OUT,
                        "no plugin brought the heap " + name + " within " + timeout.toMillis() + " ms")
                .hint(standingFor(name) + NearNames.hint(name, heaps.keySet()))
                .build();
    }

    private String standingFor(String name) {
        List<String> others = aliases.of(name);
        return others.isEmpty()
                ? ""
                : "It is an alias of " + String.join(", ", others) + ", which nobody offers either. ";
    }

    /** Those that can be found. */
    public Collection<LiveHeap> live() {
        return heaps.values();
    }

    /** Those that can be found and those that are going away, each once. */
    public Set<LiveHeap> all() {
        Set<LiveHeap> all = new HashSet<>(heaps.values());
        all.addAll(draining);
        return all;
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

    /** Ends all waiting; finding fails from now on. */
    public void close() {
        waiting.lock();
        try {
            closed = true;
            tellWaiters();
        } finally {
            waiting.unlock();
        }
    }
}
