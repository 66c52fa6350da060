package io.dmaheap.core.plugin;

import io.dmaheap.spi.HeapProvider;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Runs the providers of a plugin: gives them their context and takes in their heaps. */
public interface ProviderHost {

    /**
     * Starts a plugin's providers, in order. If one fails, those before it are stopped and all heaps withdrawn. If another version of the
     * plugin runs, its heaps are replaced when the last provider has started, and not before.
     *
     * @param id the plugin's id
     * @param providers makes them, at least one, which runs their class initialisers and constructors; called once
     * @param loader the class loader to set as context loader around every call of the plugin
     * @param pinned whether the application, the distribution or the policy says that this is the plugin of that id, so that it goes
     *     before others that want the same heap names and regions
     * @throws io.dmaheap.HeapException if a provider could not be made or started; the cause is what it threw
     * @throws io.dmaheap.core.call.OverdueException if that takes longer than the limit. When it ends after all, what was started is
     *     stopped
     */
    Running start(String id, Supplier<List<HeapProvider>> providers, ClassLoader loader, boolean pinned);

    /** Whether plugins are started at all; if not, they stay resolved, and none of their code runs. */
    default boolean starts() {
        return true;
    }

    /** How long a call into a plugin may take. */
    Duration limit();

    /** A plugin whose providers run. */
    interface Running {
        /** The names of the heaps it offers now. */
        List<String> heaps();

        /**
         * Takes the heaps out of the registry, so that they are found no more. Living buffers stay valid.
         *
         * @param whenEmpty runs once, on whichever thread drops the last reference, when the last heap handle and buffer are gone;
         *     at once if there are none
         */
        void drain(Runnable whenEmpty);

        /**
         * Stops the providers, ends their executor, and reports what they left behind. Call after {@link #drain}'s end. Takes no longer
         * than the limit; what fails or is overdue is reported.
         */
        void stop();
    }
}
