package io.dmaheap;

/** An answer that admits not knowing: the kernel tells little about a heap, and "unknown" must never pass for "yes". */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public enum Answer {
    /** Known to be so. */
    YES,
    /** Known not to be so. */
    NO,
    /** Nobody could say. */
    UNKNOWN;

    /** {@link #YES} or {@link #NO}. */
    public static Answer of(boolean known) {
        return known ? YES : NO;
    }
}
