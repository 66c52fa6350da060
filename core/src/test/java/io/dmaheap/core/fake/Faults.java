package io.dmaheap.core.fake;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What happens within which call; and the calls that were made, in order. */
public final class Faults {
    private final Map<String, Happening> planned = new ConcurrentHashMap<>();
    private volatile boolean recording = true;
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();

    /** Something that happens before the operation is carried out, and may wait or throw. */
    @FunctionalInterface
    public interface Happening {
        /** Happens. */
        void run() throws Throwable;
    }

    /** From now on this happens at the start of the operation. */
    public void run(String operation, Happening what) {
        planned.put(operation, what);
    }

    /** From now on the operation throws this, checked exceptions included. */
    public void fail(String operation, Throwable what) {
        run(operation, () -> {
            throw what;
        });
    }

    /** The operation works again. */
    public void heal(String operation) {
        planned.remove(operation);
    }

    /** From now on calls are not recorded, which would need memory. */
    public void forget() {
        recording = false;
        calls.clear();
    }

    /** The operations that were called, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Records the call and lets happen what is planned for it. */
    public void hit(String operation) {
        if (recording) {
            calls.add(operation);
        }
        Happening what = planned.get(operation);
        if (what != null) {
            try {
                what.run();
            } catch (Throwable e) {
                throw Faults.<RuntimeException>sneaky(e);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable what) throws E {
        throw (E) what;
    }
}
