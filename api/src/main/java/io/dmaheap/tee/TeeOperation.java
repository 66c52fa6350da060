package io.dmaheap.tee;

import io.dmaheap.PublicApi;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What goes with a call: parameters, time limit, cancellation. Immutable; each method gives a changed copy.
 *
 * @param parameters at most four; those that are missing are {@link TeeParameter.None}
 * @param limit how long the caller waits; without one, for as long as the call takes
 * @param cancellation how somebody else can end it early
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record TeeOperation(
        List<TeeParameter> parameters, Optional<Duration> limit, Optional<TeeCancellation> cancellation) {
    /** The parameters of a call in the GlobalPlatform TEE Client API. */
    public static final int MAX_PARAMETERS = 4;

    /** Copies the list. */
    public TeeOperation {
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(cancellation, "cancellation");
        if (parameters.size() > MAX_PARAMETERS) {
            throw new IllegalArgumentException(parameters.size() + " parameters, at most " + MAX_PARAMETERS + " fit");
        }
        if (limit.filter(time -> !time.isPositive()).isPresent()) {
            throw new IllegalArgumentException("the time limit must be positive: " + limit.get());
        }
    }

    /** Parameters, and all the time in the world. */
    public static TeeOperation of(TeeParameter... parameters) {
        return new TeeOperation(List.of(parameters), Optional.empty(), Optional.empty());
    }

    /**
     * Waits no longer than this. When the time is over, the application is asked to stop and the caller gets
     * {@link io.dmaheap.ErrorCode#TIMED_OUT}, whether or not it does.
     */
    public TeeOperation within(Duration time) {
        return new TeeOperation(parameters, Optional.of(time), cancellation);
    }

    /** Ends early when {@code request} is made. */
    public TeeOperation cancelledBy(TeeCancellation request) {
        return new TeeOperation(parameters, limit, Optional.of(request));
    }
}
