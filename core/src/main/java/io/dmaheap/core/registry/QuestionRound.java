package io.dmaheap.core.registry;

import io.dmaheap.core.call.LifeCall;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.call.Overlap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks heaps a question, such as how they are: those of one plugin one after the other, several plugins beside each other once one takes long. A heap that
 * has not answered when the time is over is left out, and not asked again before its plugin has returned.
 */
final class QuestionRound<T> {
    /** The answer should be cheap, so a listing need not wait for it as long as for a start. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final LifeCalls life;
    private final Question<T> question;
    private final List<LiveHeap> heaps = new ArrayList<>();
    private final Map<LiveHeap, T> answers;
    /** The heap that is asked; the code that takes it from here drops its reference. */
    private final AtomicReference<@Nullable LiveHeap> asked = new AtomicReference<>();

    /** For the report if that heap takes too long. */
    private volatile @Nullable LiveHeap last;

    private volatile boolean over;

    private QuestionRound(LifeCalls life, Question<T> question, Map<LiveHeap, T> answers) {
        this.life = life;
        this.question = question;
        this.answers = answers;
    }

    /**
     * What heaps are asked.
     *
     * @param operation the method of the plugin that answers, for reports
     * @param answer calls it
     */
    record Question<T>(String operation, Function<LiveHeap, T> answer) {}

    /** The answers of those heaps that gave one. */
    static <T> Map<LiveHeap, T> of(Collection<LiveHeap> heaps, Question<T> question) {
        Map<LiveHeap, T> answers = new ConcurrentHashMap<>();
        Map<LifeCalls, QuestionRound<T>> rounds = new LinkedHashMap<>();
        for (LiveHeap heap : heaps) {
            rounds.computeIfAbsent(heap.life(), life -> new QuestionRound<>(life, question, answers))
                    .heaps
                    .add(heap);
        }
        if (rounds.size() == 1) {
            rounds.values().forEach(QuestionRound::ask);
        } else {
            Overlap.forEach(rounds.values(), LONGEST, QuestionRound::ask);
        }
        return answers;
    }

    private void ask() {
        if (life.isOverdue()) {
            return;
        }
        try {
            LifeCall<@Nullable Void> call = life.begin(question.operation(), LONGEST, this::askAll);
            call.end();
        } catch (OverdueException e) {
            over = true;
            LiveHeap late = last;
            (late == null ? heaps.getFirst() : late).failed(question.operation(), e);
            LiveHeap held = asked.getAndSet(null);
            if (held != null) {
                held.release();
            }
        } catch (Throwable e) {
            // No thread for the call: there are no answers then.
            heaps.getFirst().failed(question.operation(), e);
        }
    }

    private @Nullable Void askAll() {
        for (LiveHeap heap : heaps) {
            if (!heap.retainWhileHeld()) {
                continue;
            }
            asked.set(heap);
            last = heap;
            if (over) {
                drop(heap);
                return null;
            }
            try {
                answers.put(heap, question.answer().apply(heap));
            } catch (Throwable e) {
                heap.failed(question.operation(), e);
            } finally {
                drop(heap);
            }
        }
        return null;
    }

    private void drop(LiveHeap heap) {
        if (asked.compareAndSet(heap, null)) {
            heap.release();
        }
    }
}
