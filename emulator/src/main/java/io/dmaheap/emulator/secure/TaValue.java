package io.dmaheap.emulator.secure;

/** Two numbers of a call. Used by one thread at a time. */
public final class TaValue {
    private long a;
    private long b;

    /** These numbers. */
    public TaValue(long a, long b) {
        set(a, b);
    }

    /** The first. */
    public long a() {
        return a;
    }

    /** The second. */
    public long b() {
        return b;
    }

    /** Replaces both. */
    public void set(long first, long second) {
        a = first;
        b = second;
    }
}
