package io.dmaheap.core.registry;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Traits;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.event.StateEvents;
import io.dmaheap.core.life.End;
import io.dmaheap.core.life.RefCount;
import io.dmaheap.core.policy.Aliases;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A heap that a plugin registered, from then until it is gone. Handles and buffers hold references to it; draining closes the
 * count, and whoever drops the last reference carries out the end.
 */
public final class LiveHeap {
    /** Added to the count of buffers when no more are to be made; far below what the count can reach. */
    private static final long CLOSED = Long.MIN_VALUE / 2;

    private final HeapSpec spec;
    private final LifeCalls life;
    private final HeapOps ops;
    private final RequestCheck check;
    private final Aliases aliases;
    private final PluginCalls calls;

    private final RefCount references = RefCount.open();
    private final Ending ending = new Ending();
    /** Buffers and allocations under way; negative when the heap was handed over to a newer version. */
    private final AtomicLong buffers = new AtomicLong();
    /** Whether its memory can belong to one version of the plugin only. */
    private final boolean exclusive;

    /** Shared with the other heaps of the name; not changed once this one can be found. */
    private Accounts accounts;
    /** The bytes in its own buffers. */
    private final AtomicLong bytes = new AtomicLong();
    /** Only where the policy lets requests wait. */
    private final @Nullable WaitingLine line;

    private volatile HeapState state = HeapState.LIVE;
    /** Set before the count is closed, so that whoever ends it sees it. */
    private volatile Runnable whenGone = () -> {};
    /** Runs whenever the last buffer was given back, if a newer version waits for that. */
    private volatile @Nullable Runnable whenIdle;
    /** The same heap of a newer version of the plugin. */
    private volatile @Nullable LiveHeap successor;

    /** A heap of a plugin, with the check that every request must pass first. */
    public LiveHeap(HeapSpec spec, LifeCalls life, HeapOps ops, RequestCheck check, Aliases aliases) {
        this(spec, life, ops, check, aliases, false);
    }

    /**
     * A heap of a plugin.
     *
     * @param check what every request must pass first
     * @param exclusive whether its memory can belong to one version of the plugin only, so that a newer version takes over when this one
     *     has no buffer left
     */
    public LiveHeap(
            HeapSpec spec, LifeCalls life, HeapOps ops, RequestCheck check, Aliases aliases, boolean exclusive) {
        this.exclusive = exclusive;
        this.spec = spec;
        this.life = life;
        this.ops = ops;
        this.check = check;
        this.aliases = aliases;
        this.calls = new PluginCalls(spec.name(), life);
        this.accounts = new Accounts(spec.name(), check.policy());
        this.line = check.policy().patience().isZero()
                ? null
                : new WaitingLine(spec.name(), check.policy().patience());
    }

    /** The heap's own name. */
    public String name() {
        return spec.name();
    }

    /** The names of the regions that it gives out. */
    public List<String> regions() {
        return spec.regions();
    }

    /** What its memory is like. */
    public Traits traits() {
        return spec.traits();
    }

    /** The id of the plugin that brought it. */
    public String plugin() {
        return life.plugin();
    }

    /** Where it is in its life. */
    public HeapState state() {
        return state;
    }

    /** A snapshot of what is known. Waits for the plugin, for a second at most. */
    public HeapInfo info() {
        return infos(List.of(this)).getFirst();
    }

    /** Snapshots of these heaps of one registry, in their order. Waits for their plugins, for a second at most. */
    public static List<HeapInfo> infos(Collection<LiveHeap> heaps) {
        Map<LiveHeap, HeapStatus> statuses =
                QuestionRound.of(heaps, new QuestionRound.Question<>("status", LiveHeap::status));
        Map<String, List<String>> leading =
                heaps.isEmpty() ? Map.of() : heaps.iterator().next().aliases.leading();
        return heaps.stream()
                .map(heap -> heap.info(
                        leading.getOrDefault(heap.name(), List.of()), statuses.getOrDefault(heap, HeapStatus.UNKNOWN)))
                .toList();
    }

    /**
     * Where a buffer of {@code size} bytes of each of these heaps of one registry would lie, as far as they tell. Waits for their plugins,
     * for a second at most.
     */
    public static Map<LiveHeap, MemoryOutlook> outlooks(Collection<LiveHeap> heaps, long size) {
        Map<LiveHeap, Optional<MemoryOutlook>> answers =
                QuestionRound.of(heaps, new QuestionRound.Question<>("outlook", heap -> heap.outlook(size)));
        Map<LiveHeap, MemoryOutlook> told = new HashMap<>();
        answers.forEach((heap, answer) -> answer.ifPresent(outlook -> told.put(heap, outlook)));
        return told;
    }

    private Optional<MemoryOutlook> outlook(long size) {
        return calls.call("outlook", () -> ops.outlook(size));
    }

    private HeapInfo info(List<String> otherNames, HeapStatus now) {
        return new HeapInfo(
                name(),
                otherNames,
                state,
                traits(),
                plugin(),
                now.node(),
                now.openable(),
                now.total(),
                now.free(),
                buffers(),
                bytes(),
                now.largest());
    }

    /** Asks the plugin, which takes as long as it takes. Only while a reference is held: the heap is not closed meanwhile. */
    HeapStatus status() {
        return calls.call("status", ops::status);
    }

    /** A call that must not fail did. */
    void failed(String operation, Throwable e) {
        calls.failed(operation, e);
    }

    LifeCalls life() {
        return life;
    }

    /** The live buffers. */
    public long buffers() {
        long count = buffers.get();
        return count < 0 ? count - CLOSED : count;
    }

    /** The bytes in the live buffers. */
    public long bytes() {
        return bytes.get();
    }

    /** The bytes in the live buffers of each client that has any, with those of other heaps of the name that are going away. */
    public SortedMap<String, Long> bytesByClient() {
        return accounts.takenByClient();
    }

    /** Whether its buffers may have file descriptors. */
    public boolean exportable() {
        return check.policy().exportable();
    }

    /** The open handles. */
    public long handles() {
        return Math.max(0, references.references() - buffers());
    }

    /** Takes a reference, unless the heap is going away. */
    public boolean retain() {
        RefCount.Retained retained = references.retain();
        if (retained == RefCount.Retained.YES) {
            return true; // nothing is called once there is a reference to lose
        }
        if (retained == RefCount.Retained.ENDED) {
            ending.begin();
        }
        return false;
    }

    /** Takes a reference even if the heap is going away, unless none is left. */
    boolean retainWhileHeld() {
        return retain() || references.retainIfHeld();
    }

    /** Drops a reference; the last one of a draining heap ends it. */
    public void release() {
        if (drop()) {
            ending.begin();
        }
    }

    /** As {@link #release}; true if the caller has to begin the {@link #ending}. */
    boolean drop() {
        return references.drop();
    }

    /** Its end, after the last reference was dropped. */
    End ending() {
        return ending;
    }

    /** One buffer more or less; gives the count before, which is negative when the heap was handed over to a newer version. */
    long count(int buffer) {
        return buffers.getAndAdd(buffer);
    }

    /** The last buffer was given back: a newer version that waits for that takes over. Harmless if done twice. */
    void idle() {
        Runnable waiting = whenIdle;
        if (waiting != null) {
            waiting.run();
        }
    }

    Accounts accounts() {
        return accounts;
    }

    /** Counts against the same limits as a heap of the same name that still has buffers. Only before this one can be found. */
    void shareLimits(LiveHeap other) {
        accounts = other.accounts;
    }

    /** A buffer has got that many bytes. */
    void gave(long size) {
        bytes.addAndGet(size);
    }

    /** Memory of that many bytes, which had been admitted, came back. */
    void returned(long size) {
        bytes.addAndGet(-size);
        check.returned(size);
    }

    /** There may be room for a request that waits. */
    void freed() {
        if (line != null) {
            line.freed();
        }
    }

    /** Takes memory for a buffer, as {@link #fill} does. */
    public Memory allocate(AllocationRequest request) {
        PluginMemory memory = unfilled();
        fill(memory, request);
        return memory;
    }

    /** Where memory of this heap will be. To be released in any case, also where it was not filled or that failed. */
    public PluginMemory unfilled() {
        return new PluginMemory(this, calls);
    }

    /**
     * Checks the request and takes memory for a buffer, which pins the heap until the memory is released.
     *
     * @param memory {@link #unfilled} of this heap
     * @throws HeapException as {@link io.dmaheap.Heap#allocate(AllocationRequest)}
     */
    public void fill(PluginMemory memory, AllocationRequest request) {
        if (!retain()) {
            throw draining();
        }
        memory.pinned = true;
        try {
            if (memory.count() < 0) {
                throw draining();
            }
            var checked = check.check(request, request.heapFlags() == 0 ? 0 : calls.call("heapFlags", ops::heapFlags));
            memory.reserveForClient(accounts, checked.client(), checked.size());
            if (line == null || checked.size() > check.policy().total()) {
                take(memory, checked);
            } else {
                line.take(() -> take(memory, checked));
            }
        } catch (Throwable e) {
            memory.release();
            throw e;
        }
    }

    private void take(PluginMemory memory, AllocationRequest request) {
        memory.take(accounts, ops, request, check.pageSize());
    }

    private HeapException draining() {
        return HeapException.of(ErrorCode.HEAP_DRAINING, "the heap is going away and gives out no more buffers")
                .heap(name())
                .hint("Its plugin " + plugin() + " was removed; close this handle and find another heap")
                .build();
    }

    /** Whether there are handles or buffers. */
    boolean isReferenced() {
        return references.references() > 0;
    }

    /** It can be found from now on. */
    void arrived() {
        state = HeapState.LIVE;
        StateEvents.heap(name(), HeapState.LIVE, plugin());
    }

    /** It cannot be found for now, since another plugin wants its name. Its handles stay good. */
    void withdrawn() {
        state = HeapState.DRAINING;
        StateEvents.heap(name(), HeapState.DRAINING, plugin());
    }

    /** {@code whenIdle} is to run when the last buffer was given back, perhaps more than once. */
    void onIdle(Runnable whenIdle) {
        this.whenIdle = whenIdle;
    }

    /**
     * Names the heap of a newer version that takes the place of this one, which is to be drained then. An exclusive heap with buffers
     * refuses.
     */
    boolean handOver(LiveHeap next) {
        successor = next;
        return !exclusive || buffers.compareAndSet(0, CLOSED);
    }

    /** The same heap of a newer version of the plugin, with the same traits; empty if there is none. */
    public Optional<LiveHeap> successor() {
        return Optional.ofNullable(successor).filter(next -> next.traits().equals(traits()));
    }

    /**
     * Closes the heap to new references; {@code whenGone} runs once, after the last one was dropped and the plugin has closed it.
     *
     * @return whether there are none, so that the caller has to begin the {@link #ending}
     */
    boolean drain(Runnable whenGone) {
        this.whenGone = whenGone;
        state = HeapState.DRAINING;
        if (line != null) {
            line.close();
        }
        StateEvents.heap(name(), state, plugin());
        return references.close();
    }

    /** Its end, which begins where there is stack enough to come to an end. */
    private final class Ending extends End {
        private boolean closed;
        private boolean told;

        @Override
        protected void carryOut() {
            requireRoom();
            state = HeapState.GONE;
            if (!closed) {
                calls.quietly("close", () -> life.run("close", ops::close));
                closed = true;
            }
            if (!told) {
                told = true;
                StateEvents.heap(name(), state, plugin());
                whenGone.run();
            }
        }
    }
}
