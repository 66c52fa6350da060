package io.dmaheap.core.plugin;

import io.dmaheap.spi.HeapProvider;
import java.util.List;

/** Runs the providers of a plugin: gives them their context and takes in their heaps. */
public interface ProviderHost {

    /**
     * Starts a plugin's providers, in order. If one fails, those before it are stopped and all heaps withdrawn.
     *
     * @param id the plugin's id
     * @param providers fresh instances, at least one
     * @param loader the class loader to set as context loader around every call of the plugin
     * @throws io.dmaheap.HeapException if a provider could not start; the cause is what it threw
     */
    Running start(String id, List<HeapProvider> providers, ClassLoader loader);

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

        /** Stops the providers, ends their executor, and reports threads that they left behind. Call after {@link #drain}'s end. */
        void stop();
    }
}
