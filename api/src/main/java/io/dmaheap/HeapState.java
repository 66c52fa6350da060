package io.dmaheap;

/** The life of a heap: {@code AWAITED -> LIVE -> DRAINING -> GONE}, never back. */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public enum HeapState {
    /** Somebody waits for the name and nobody offers it yet. */
    AWAITED,
    /** Found and allocated from. */
    LIVE,
    /** Its plugin is leaving: no new finds and no new buffers, but living buffers stay valid. */
    DRAINING,
    /** The last reference is gone. */
    GONE
}
