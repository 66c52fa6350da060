package io.dmaheap.core.buffer;

import io.dmaheap.core.life.End;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live buffers of our heaps. Only walked when a descriptor comes in that nothing is known of, so entering and leaving are cheap:
 * several lists, of which a thread uses one, and no allocation.
 */
final class OwnBuffers {
    private static final int LISTS = 16;

    private final Place[] heads = new Place[LISTS];

    /** A place in one of the lists, which a buffer is itself; or the head of a list. */
    static class Place extends End {
        private @Nullable Place head;
        private @Nullable Place next;
        private @Nullable Place previous;

        @Override
        protected void carryOut() {}
    }

    OwnBuffers() {
        for (int i = 0; i < LISTS; i++) {
            heads[i] = new Place();
        }
    }

    void enter(Buffer buffer) {
        Place head = heads[(int) Thread.currentThread().threadId() & (LISTS - 1)];
        Place place = buffer;
        synchronized (head) {
            Place first = head.next;
            place.next = first;
            if (first != null) {
                first.previous = place;
            }
            place.previous = head;
            place.head = head;
            head.next = place;
        }
    }

    /** Harmless for one that is not there. */
    void leave(Buffer buffer) {
        Place place = buffer;
        Place head = place.head;
        if (head == null) {
            return;
        }
        synchronized (head) {
            Place previous = place.previous;
            if (previous == null) {
                return;
            }
            Place next = place.next;
            previous.next = next;
            if (next != null) {
                next.previous = previous;
            }
            place.previous = null;
            place.next = null;
        }
    }

    /** Those that there are now; each may end at any moment. */
    List<Buffer> all() {
        List<Buffer> all = new ArrayList<>();
        for (Place head : heads) {
            synchronized (head) {
                for (Place place = head.next; place != null; place = place.next) {
                    if (place instanceof Buffer buffer) {
                        all.add(buffer);
                    }
                }
            }
        }
        return all;
    }
}
