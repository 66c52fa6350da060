package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Memory that remembers that it was given to the framework, which takes the same object once only: {@link HeapOps#allocate} that returns
 * memory of a buffer that lives or was closed fails with {@link io.dmaheap.ErrorCode#PLUGIN_FAILED}. The framework knows other
 * implementations of {@link Memory} again as well; extending this class only makes that cheaper.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public abstract class OneShotMemory implements Memory {
    private static final VarHandle CLAIMED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(OneShotMemory.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // used through CLAIMED
    private volatile boolean claimed;

    /** Set before other threads know the memory. */
    private @Nullable Runnable secondRelease;

    /** Memory that was not given yet. */
    protected OneShotMemory() {}

    /**
     * Names what is to run, on the thread that releases, whenever the memory is released again after it was released; also for the memory
     * that {@link ForwardingMemory} forwards to. The one named last counts. For the framework, which reports it: before other threads
     * know the memory.
     */
    public final void onSecondRelease(Runnable report) {
        secondRelease = report;
        if (behind() instanceof OneShotMemory behind) {
            behind.onSecondRelease(report);
        }
    }

    /** What calls are forwarded to. */
    @Nullable
    Memory behind() {
        return null;
    }

    /** To be called by {@link #release} of a platform's memory if it was released before and nothing was done therefore. */
    protected final void releasedAgain() {
        Runnable report = secondRelease;
        if (report != null) {
            report.run();
        }
    }

    /** Marks it as given; for the framework. True the first time only. */
    public final boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }
}
