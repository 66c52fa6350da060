package io.dmaheap.core.registry;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reports clashes in the order in which they began and ended, though not within the lock that finding them takes. Safe for use by several
 * threads.
 */
final class ClashReports {
    private final Consumer<NameClash> began;
    private final Consumer<NameClash> ended;
    private final Queue<ClashChange> changes = new ConcurrentLinkedQueue<>();
    /** Held while changes are reported, so that no thread overtakes another. */
    private final ReentrantLock telling = new ReentrantLock();

    ClashReports(Consumer<NameClash> began, Consumer<NameClash> ended) {
        this.began = began;
        this.ended = ended;
    }

    /** To be called in the order of the changes. */
    void add(List<ClashChange> found) {
        changes.addAll(found);
    }

    /** Reports what was added; what another thread has begun to report is reported when this returns. */
    void tell() {
        telling.lock();
        try {
            ClashChange change = changes.poll();
            while (change != null) {
                (change.began() ? began : ended).accept(change.clash());
                change = changes.poll();
            }
        } finally {
            telling.unlock();
        }
    }
}
