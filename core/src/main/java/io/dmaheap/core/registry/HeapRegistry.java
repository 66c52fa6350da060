package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.life.End;
import io.dmaheap.core.policy.Aliases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heaps by name.
 *
 * <p>Looking up reads a concurrent map and adds to a count: no lock. Registering and waiting share one lock, so that a heap cannot
 * arrive between a waiter's look and its sleep. A heap that a newer version replaces is replaced in the map by one write, so that the
 * name is always found. A draining heap leaves the map before its count is closed; a caller that found it just before either gets a
 * reference, which delays the end, or looks again.
 */
public final class HeapRegistry {
    /** Half of what the clock can tell apart, so that adding it never overflows; some 146 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private final ConcurrentHashMap<String, LiveHeap> heaps = new ConcurrentHashMap<>();
    /** Those that left the map and still have references. */
    private final Set<LiveHeap> draining = ConcurrentHashMap.newKeySet();

    /** Those that left the map since another plugin wants their name. */
    private final Set<LiveHeap> disputed = ConcurrentHashMap.newKeySet();

    private final Aliases aliases;
    /** Added to under {@link #waiting}, told without it. */
    private final ClashReports clashes;

    private final AtomicLong versions = new AtomicLong();

    private final ReentrantLock waiting = new ReentrantLock();
    private final Condition arrived = waiting.newCondition();
    /** Guarded by {@link #waiting}: how many wait for a name. */
    private final Map<String, Integer> awaited = new TreeMap<>();
    /** Guarded by {@link #waiting}: who wants which name. */
    private final Map<String, NameClaims> names = new HashMap<>();
    /** Guarded by {@link #waiting}: what to do at the end of heaps that were told to drain and serve until a successor can. */
    private final Map<LiveHeap, Runnable> serving = new HashMap<>();
    /** Guarded by {@link #waiting}: changes whenever a look may have become out of date. */
    private long news;
    /** Written under {@link #waiting}. */
    private volatile boolean closed;

    /** An empty registry. */
    public HeapRegistry(Aliases aliases) {
        this(aliases, clash -> {}, clash -> {});
    }

    /**
     * An empty registry.
     *
     * @param began receives each heap that does not have its name, on a thread that registers or withdraws a heap
     * @param ended receives it again when it has the name or is gone, or when others than before stand in its way
     */
    public HeapRegistry(Aliases aliases, Consumer<NameClash> began, Consumer<NameClash> ended) {
        this.aliases = aliases;
        this.clashes = new ClashReports(began, ended);
    }

    /** Numbers the versions of plugins in the order in which they begin to start. */
    public long nextVersion() {
        return versions.incrementAndGet();
    }

    /** The other names of heaps. */
    public Aliases aliases() {
        return aliases;
    }

    /**
     * Makes the heap findable and wakes who waits for it.
     *
     * @throws HeapException as {@link #reserve}
     * @throws IllegalStateException if the registry is closed
     */
    public void add(LiveHeap heap) {
        reserve(heap, nextVersion(), Precedence.NONE);
        publish(List.of(heap));
    }

    /**
     * Keeps the name for a heap whose plugin has not finished starting. It cannot be found until it is {@linkplain #publish published},
     * since no caller must hold a buffer of a plugin that then fails.
     *
     * @param version the {@linkplain #nextVersion() number} of the version of the plugin; when the heap is published it takes the place of
     *     one that an older version has under this name
     * @param precedence which heaps it goes before
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if this version of the plugin has registered a heap of that name
     *     before, or a newer one has
     * @throws IllegalStateException if the registry is closed
     */
    public void reserve(LiveHeap heap, long version, Precedence precedence) {
        waiting.lock();
        try {
            checkOpen();
            NameClaims claims = names.computeIfAbsent(heap.name(), NameClaims::new);
            if (claims.isTaken(heap.plugin(), version)) {
                throw HeapException.of(
                                ErrorCode.INVALID_CONFIGURATION,
                                "the plugin " + heap.plugin() + " has registered a heap of this name before")
                        .heap(heap.name())
                        .errno("EEXIST")
                        .hint("Report this to the vendor of the plugin")
                        .build();
            }
            claims.any().or(() -> leaving(heap.name())).ifPresent(heap::shareLimits);
            claims.add(heap, version, precedence);
        } finally {
            waiting.unlock();
        }
    }

    /** A heap of the name that is going away and has references. */
    private Optional<LiveHeap> leaving(String name) {
        return draining.stream().filter(heap -> heap.name().equals(name)).findFirst();
    }

    /**
     * The plugin of these heaps has started: those whose names no other plugin disputes can be found, in place of older versions where
     * there are such, and threads that wait for them go on. One that was drained meanwhile stays away. An older version is not drained
     * here: that is to be asked for.
     *
     * @throws IllegalStateException if the registry is closed
     */
    public void publish(List<LiveHeap> started) {
        Map<LiveHeap, Runnable> ends = new HashMap<>();
        waiting.lock();
        try {
            checkOpen();
            for (LiveHeap heap : started) {
                NameClaims claims = names.get(heap.name());
                if (claims != null) {
                    claims.start(heap, () -> passOn(heap)).forEach(elder -> leaves(elder, ends));
                    settle(heap.name(), claims);
                }
            }
        } finally {
            waiting.unlock();
        }
        clashes.tell();
        end(ends);
    }

    /** A heap has passed its name on, or goes with the one that it served for. */
    private void leaves(LiveHeap elder, Map<LiveHeap, Runnable> ends) {
        draining.add(elder);
        Runnable whenGone = serving.remove(elder);
        if (whenGone != null) {
            ends.put(elder, whenGone);
        }
    }

    /** The older version of a heap has no buffer left. */
    private void passOn(LiveHeap heap) {
        Map<LiveHeap, Runnable> ends = new HashMap<>();
        waiting.lock();
        try {
            NameClaims claims = names.get(heap.name());
            if (claims != null) {
                claims.passOn(heap).ifPresent(elder -> leaves(elder, ends));
                settle(heap.name(), claims);
            }
        } finally {
            waiting.unlock();
        }
        clashes.tell();
        end(ends);
    }

    /** Brings the map up to date with the claims of a name. */
    private void settle(String name, NameClaims claims) {
        LiveHeap holder = claims.holder().orElse(null);
        LiveHeap before = holder == null ? heaps.remove(name) : heaps.get(name);
        if (holder != null && holder != before) {
            holder.arrived();
            disputed.remove(holder);
            // Callers mostly ask with a literal; an interned key is then found by identity, without comparing
            // characters.
            heaps.put(name.intern(), holder);
            tellWaiters();
        }
        if (before != null && before != holder && !draining.contains(before)) {
            disputed.add(before);
            before.withdrawn();
        }
        clashes.add(claims.changes());
        if (claims.isEmpty()) {
            names.remove(name);
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

    /** As {@link #drain(Map)}, for one heap. */
    public void drain(LiveHeap heap, Runnable whenGone) {
        drain(Map.of(heap, whenGone));
    }

    /**
     * Closes heaps to new references; what is given for each runs after its last reference was dropped. A heap that serves until its
     * successor can is closed then. All are out of reach before the plugin is asked to close the first of them, which may take long.
     */
    public void drain(Map<LiveHeap, Runnable> leaving) {
        Map<LiveHeap, Runnable> ends = new LinkedHashMap<>();
        waiting.lock();
        try {
            leaving.forEach((heap, whenGone) -> {
                NameClaims claims = names.get(heap.name());
                if (claims != null && claims.servesForSuccessor(heap)) {
                    serving.put(heap, whenGone);
                    return;
                }
                draining.add(heap);
                disputed.remove(heap);
                ends.put(heap, whenGone);
                if (claims != null) {
                    claims.remove(heap).ifPresent(elder -> leaves(elder, ends));
                    settle(heap.name(), claims);
                }
            });
        } finally {
            waiting.unlock();
        }
        clashes.tell();
        end(ends);
    }

    private void end(Map<LiveHeap, Runnable> ends) {
        List<LiveHeap> unused = new ArrayList<>();
        ends.forEach((heap, whenGone) -> {
            boolean isUnused = heap.drain(() -> {
                draining.remove(heap);
                whenGone.run();
            });
            if (isUnused) {
                unused.add(heap);
            }
        });
        unused.forEach(heap -> heap.ending().begin());
        End.carryOn();
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
        LiveHeap successor = retained(name, heap);
        return successor == null ? findByAlias(name) : successor;
    }

    /** What took the place of a heap that could not be retained: it left the map before it was closed. */
    private @Nullable LiveHeap retained(String name, @Nullable LiveHeap closed) {
        LiveHeap before = closed;
        while (true) {
            LiveHeap now = heaps.get(name);
            if (now == null || now == before) {
                return null;
            }
            if (now.retain()) {
                return now;
            }
            before = now;
        }
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
            LiveHeap heap = candidate.retain() ? candidate : retained(candidate.name(), candidate);
            if (heap != null) {
                return heap;
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
                .hint(disputeOf(name) + standingFor(name) + NearNames.hint(name, heaps.keySet()))
                .build();
    }

    private String disputeOf(String name) {
        waiting.lock();
        try {
            NameClaims claims = names.get(name);
            List<String> plugins = claims == null ? List.of() : claims.plugins();
            return plugins.size() < 2
                    ? ""
                    : "The plugins " + String.join(", ", plugins)
                            + " offer a heap of this name, so none of them has it. ";
        } finally {
            waiting.unlock();
        }
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

    /** Those that can be found, those that are going away, and those that lost their name with references open, each once. */
    public Set<LiveHeap> all() {
        Set<LiveHeap> all = new HashSet<>(heaps.values());
        all.addAll(draining);
        disputed.stream().filter(LiveHeap::isReferenced).forEach(all::add);
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
