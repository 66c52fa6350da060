package io.dmaheap.tee;

import io.dmaheap.PublicApi;

/** What became of one parameter. */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public sealed interface TeeOutput {

    /** Nothing came back: the parameter was an input, or none. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    enum Nothing implements TeeOutput {
        /** The only one. */
        NOTHING
    }

    /**
     * Two numbers of the application.
     *
     * @param a the first
     * @param b the second
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Value(long a, long b) implements TeeOutput {}

    /**
     * The bytes that the application wrote; with {@link TeeResult#SHORT_BUFFER}, those that it would have written, which may be more than
     * the reference has.
     *
     * @param bytes how many
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Size(long bytes) implements TeeOutput {}
}
