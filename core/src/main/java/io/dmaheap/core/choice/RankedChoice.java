package io.dmaheap.core.choice;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Choice;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Need;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Tally;
import io.dmaheap.spi.MemoryOutlook;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The heaps that meet a need, ranked by what the policy says of its devices, by whether these are certain to be able to use them, and by how
 * many preferred traits they have; among equals ordinary memory comes before contiguous,
 * which is scarce. Of protected heaps only those are taken that share the protection of the best one.
 */
public final class RankedChoice<H extends Heap> implements Choice {
    /** Failures of one heap that another may not have. */
    private static final Set<ErrorCode> PASSED_OVER = EnumSet.of(
            ErrorCode.OUT_OF_MEMORY,
            ErrorCode.LIMIT_EXCEEDED,
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.HEAP_DRAINING,
            ErrorCode.DEVICE_GONE,
            ErrorCode.INCOMPATIBLE_DEVICE,
            ErrorCode.ACCESS_DENIED);

    /** Older failures are forgotten: a choice may live as long as the program, and fall back for every buffer. */
    private static final int FAILURES_KEPT = 100;

    private final List<H> taken;
    private final Optional<HeapInfo> best;
    private final List<Candidate> trace;
    /** Guarded by itself. */
    private final ArrayDeque<Candidate> failures = new ArrayDeque<>();

    private final Consumer<DmaBuf> check;
    private final Function<H, Optional<Heap>> again;
    private final AtomicBoolean closed = new AtomicBoolean();

    private final Hold held;

    private RankedChoice(
            List<H> taken,
            Optional<HeapInfo> best,
            List<Candidate> trace,
            Consumer<DmaBuf> check,
            Function<H, Optional<Heap>> again,
            LeakDetector leaks,
            Tally open) {
        this.taken = List.copyOf(taken);
        this.best = best;
        this.trace = List.copyOf(trace);
        this.check = check;
        this.again = again;
        this.held = new Hold(this.taken, leaks, open);
        held.watch(this);
        held.count();
    }

    /** The handles of a choice. */
    private static final class Hold extends LeakDetector.Held {
        private final List<? extends Heap> taken;
        private final Tally open;
        private boolean counted;

        Hold(List<? extends Heap> taken, LeakDetector leaks, Tally open) {
            super(leaks, leaks.sampled());
            this.taken = taken;
            this.open = open;
        }

        void count() {
            open.increment();
            counted = true;
        }

        @Override
        protected String what() {
            return "choice of " + taken.size() + " heaps";
        }

        @Override
        protected long bytes() {
            return 0;
        }

        @Override
        protected String lane() {
            return "";
        }

        @Override
        protected void release() {
            if (counted) {
                open.decrement();
                counted = false;
            }
            closeAll(taken);
        }
    }

    /** Closes all, whatever fails on the way. */
    private static void closeAll(List<? extends Heap> heaps) {
        Closing.all(heaps.stream().map(heap -> (Runnable) heap::close).toArray(Runnable[]::new));
    }

    private record Judged<H extends Heap>(H heap, Verdicts.Verdict verdict, Optional<Protector> protector) {
        static <H extends Heap> Judged<H> of(H heap, Offer offer, Need need, Devices devices) {
            return new Judged<>(
                    heap,
                    Verdicts.of(offer.info(), need, devices.users(), offer.outlook()),
                    Protector.of(offer.info()));
        }

        Optional<String> refusal(Optional<Protector> ofBest) {
            return verdict.refusal().or(() -> ofBest.flatMap(best -> protector.flatMap(best::refusalOf)));
        }
    }

    /**
     * What is known of a heap.
     *
     * @param info the heap
     * @param outlook where a buffer of the need's size would lie
     */
    public record Offer(HeapInfo info, MemoryOutlook outlook) {}

    /**
     * The devices of a need.
     *
     * @param users each of them
     * @param check throws {@link HeapException} if one that is known cannot use a buffer
     */
    public record Devices(List<DeviceUse> users, Consumer<DmaBuf> check) {
        /** No device. */
        public static final Devices NONE = new Devices(List.of(), _ -> {});

        /** Copies the list. */
        public Devices {
            users = List.copyOf(users);
        }
    }

    /**
     * Ranks heaps. The choice owns the handles from now on; those of refused heaps are closed. If this fails, the caller closes
     * them all.
     *
     * @param devices the devices of the need
     * @param heaps the heaps and what is known of them
     * @param again takes one more reference to the very same heap, unless that is going away
     * @param leaks watches the choice
     * @param open counts it
     */
    public static <H extends Heap> RankedChoice<H> of(
            Need need,
            Devices devices,
            Map<H, Offer> heaps,
            Function<H, Optional<Heap>> again,
            LeakDetector leaks,
            Tally open) {
        List<H> taken = new ArrayList<>();
        List<H> rejected = new ArrayList<>();
        List<Candidate> refused = new ArrayList<>();
        List<Candidate> trace = new ArrayList<>();
        List<Judged<H>> judged = heaps.entrySet().stream()
                .map(heap -> Judged.of(heap.getKey(), heap.getValue(), need, devices))
                .sorted(Comparator.comparing((Judged<H> one) -> one.verdict(), Verdicts.Verdict.BEST_FIRST)
                        .thenComparing(one -> one.heap().traits().contiguous() == Answer.YES)
                        .thenComparing(one -> one.heap().name()))
                .toList();
        Optional<Protector> ofBest = judged.stream()
                .filter(one -> one.verdict().refusal().isEmpty())
                .findFirst()
                .flatMap(Judged::protector);
        for (Judged<H> one : judged) {
            Optional<String> refusal = one.refusal(ofBest);
            if (refusal.isPresent()) {
                refused.add(new Candidate(one.heap().name(), Verdict.REFUSED, refusal.get()));
                rejected.add(one.heap());
            } else {
                trace.add(new Candidate(
                        one.heap().name(), Verdict.TAKEN, one.verdict().praise()));
                taken.add(one.heap());
            }
        }
        trace.addAll(refused);
        Optional<HeapInfo> best = taken.stream().findFirst().map(heaps::get).map(Offer::info);
        var choice = new RankedChoice<>(taken, best, trace, devices.check(), again, leaks, open);
        try {
            closeAll(rejected);
        } catch (RuntimeException | Error e) {
            choice.close();
            throw e;
        }
        return choice;
    }

    @Override
    public Optional<HeapInfo> best() {
        return best;
    }

    @Override
    public Heap open() {
        return opened().orElseThrow(() -> taken.isEmpty() ? noneMeetsTheNeed() : allAreGoingAway());
    }

    @Override
    @Deprecated(since = "0.1.0", forRemoval = true)
    public Optional<Heap> heap() {
        return opened();
    }

    private Optional<Heap> opened() {
        checkOpen();
        return taken.stream().map(again).flatMap(Optional::stream).findFirst();
    }

    @Override
    public List<Candidate> trace() {
        synchronized (failures) {
            return Stream.concat(trace.stream(), failures.stream()).toList();
        }
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) {
        checkOpen();
        HeapException first = null;
        for (Heap heap : taken) {
            try {
                return checked(heap.allocate(request));
            } catch (HeapException e) {
                if (!PASSED_OVER.contains(e.code())) {
                    throw e;
                }
                first = remember(first, heap, e);
            }
        }
        throw first == null ? noneMeetsTheNeed() : first;
    }

    /** Gives back what a device of the need cannot use: where memory lies may show only now. */
    private DmaBuf checked(DmaBuf buffer) {
        boolean usable = false;
        try {
            check.accept(buffer);
            usable = true;
            return buffer;
        } finally {
            if (!usable) {
                buffer.close();
            }
        }
    }

    private HeapException remember(@Nullable HeapException first, Heap heap, HeapException failure) {
        synchronized (failures) {
            if (failures.size() == FAILURES_KEPT) {
                failures.removeFirst();
            }
            failures.addLast(new Candidate(heap.name(), Verdict.FAILED, failure.getMessage()));
        }
        if (first == null) {
            return failure;
        }
        if (failure != first) {
            first.addSuppressed(failure);
        }
        return first;
    }

    private HeapException noneMeetsTheNeed() {
        return HeapException.of(ErrorCode.HEAP_NOT_FOUND, "no heap meets the need")
                .hint("Each heap was refused for a reason: " + reasons())
                .build();
    }

    private HeapException allAreGoingAway() {
        List<String> names = taken.stream().map(Heap::name).toList();
        return HeapException.of(ErrorCode.HEAP_DRAINING, "the heaps that meet the need are going away: " + names)
                .heap(names.getFirst())
                .hint("Choose again")
                .build();
    }

    private String reasons() {
        return trace.isEmpty()
                ? "there are no heaps at all; `dmaheap doctor` says why"
                : String.join(
                        "; ",
                        trace.stream()
                                .map(one -> one.heap() + ": " + one.reason())
                                .toList());
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("this choice is closed");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            held.end();
            Reference.reachabilityFence(this);
        }
    }
}
