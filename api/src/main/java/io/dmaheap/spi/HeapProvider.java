package io.dmaheap.spi;

import io.dmaheap.PublicApi;

/**
 * A plugin: brings the heaps of one vendor or family. Found by {@link java.util.ServiceLoader}, in a plugin jar or on the class
 * or module path; it needs a public no-argument constructor (or a {@code provider()} method) that does nothing.
 *
 * <p>The framework calls {@link #start} once, from one thread, and {@link #stop} once, after the last buffer of every heap of the
 * plugin is gone. Heap operations arrive from any thread, several at a time.
 *
 * <p>A plugin starts no threads of its own: it uses {@link HeapContext#executor()}, which ends with it. A thread left behind keeps
 * the plugin's class loader from being collected, and is reported.
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public interface HeapProvider {

    /**
     * Registers the heaps that can be offered on {@code context.platform()}. Where there are none it registers nothing and says so
     * in the log: absence is no failure.
     *
     * @throws io.dmaheap.HeapException if the plugin cannot work at all; what it had registered is withdrawn
     */
    void start(HeapContext context);

    /** Gives back what {@link #start} took. Heaps need not be withdrawn; that has happened. */
    default void stop() {}

    /** The id of a plugin that comes without a manifest: its module's name, else its package's. */
    default String id() {
        Module module = getClass().getModule();
        return module.isNamed() ? module.getName() : getClass().getPackageName();
    }
}
