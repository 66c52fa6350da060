package io.dmaheap.core.choice;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Choice;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Need;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The heaps that meet a need, ranked by how many preferred traits they have; among equals ordinary memory comes before contiguous,
 * which is scarce.
 */
public final class RankedChoice implements Choice {
    /** Failures of one heap that another may not have. */
    private static final Set<ErrorCode> PASSED_OVER = EnumSet.of(
            ErrorCode.OUT_OF_MEMORY,
            ErrorCode.LIMIT_EXCEEDED,
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.HEAP_DRAINING,
            ErrorCode.DEVICE_GONE);

    private final List<Heap> taken;
    private final List<Candidate> trace;
    private final Function<String, Optional<Heap>> find;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RankedChoice(List<Heap> taken, List<Candidate> trace, Function<String, Optional<Heap>> find) {
        this.taken = List.copyOf(taken);
        this.trace = new ArrayList<>(trace);
        this.find = find;
    }

    private record Judged(Heap heap, Verdicts.Verdict verdict) {}

    /**
     * Ranks heaps. The choice owns the handles from now on; those of refused heaps are closed.
     *
     * @param find takes one more reference to a heap by name
     */
    public static RankedChoice of(Need need, List<Heap> heaps, Function<String, Optional<Heap>> find) {
        List<Heap> taken = new ArrayList<>();
        List<Candidate> refused = new ArrayList<>();
        List<Candidate> trace = new ArrayList<>();
        List<Judged> judged = heaps.stream()
                .map(heap -> new Judged(heap, Verdicts.of(heap.info(), need)))
                .sorted(Comparator.comparingInt((Judged one) -> -one.verdict().preferred())
                        .thenComparing(one -> one.heap().traits().contiguous() == Answer.YES)
                        .thenComparing(one -> one.heap().name()))
                .toList();
        for (Judged one : judged) {
            Optional<String> refusal = one.verdict().refusal();
            if (refusal.isPresent()) {
                refused.add(new Candidate(one.heap().name(), Verdict.REFUSED, refusal.get()));
                one.heap().close();
            } else {
                trace.add(new Candidate(
                        one.heap().name(), Verdict.TAKEN, one.verdict().praise()));
                taken.add(one.heap());
            }
        }
        trace.addAll(refused);
        return new RankedChoice(taken, trace, find);
    }

    @Override
    public Optional<Heap> heap() {
        checkOpen();
        return taken.stream()
                .map(heap -> find.apply(heap.name()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public List<Candidate> trace() {
        synchronized (trace) {
            return List.copyOf(trace);
        }
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) {
        checkOpen();
        HeapException first = null;
        for (Heap heap : taken) {
            try {
                return heap.allocate(request);
            } catch (HeapException e) {
                if (!PASSED_OVER.contains(e.code())) {
                    throw e;
                }
                first = remember(first, heap, e);
            }
        }
        throw first == null ? noneMeetsTheNeed() : first;
    }

    private HeapException remember(@Nullable HeapException first, Heap heap, HeapException failure) {
        synchronized (trace) {
            trace.add(new Candidate(heap.name(), Verdict.FAILED, failure.getMessage()));
        }
        if (first == null) {
            return failure;
        }
        first.addSuppressed(failure);
        return first;
    }

    private HeapException noneMeetsTheNeed() {
        return HeapException.of(ErrorCode.HEAP_NOT_FOUND, "no heap meets the need")
                .hint("Each heap was refused for a reason: " + reasons())
                .build();
    }

    private String reasons() {
        List<Candidate> seen = trace();
        return seen.isEmpty()
                ? "there are no heaps at all; `dmaheap doctor` says why"
                : String.join(
                        "; ",
                        seen.stream()
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
            taken.forEach(Heap::close);
        }
    }
}
