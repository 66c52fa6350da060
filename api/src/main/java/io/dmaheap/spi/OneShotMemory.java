package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

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

    /** Memory that was not given yet. */
    protected OneShotMemory() {}

    /** Marks it as given; for the framework. True the first time only. */
    public final boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }
}
