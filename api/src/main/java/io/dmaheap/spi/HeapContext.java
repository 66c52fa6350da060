package io.dmaheap.spi;

import io.dmaheap.Problem;
import io.dmaheap.PublicApi;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.concurrent.ExecutorService;

/** What the framework gives a plugin. Safe for use by several threads; of no use after {@link HeapProvider#stop()}. */
@PublicApi(audience = PublicApi.Audience.FRAMEWORK)
public interface HeapContext {

    /** Where memory comes from on this machine. */
    Platform platform();

    /**
     * Offers a plain heap. It can be found, and whoever waits for the name gets it, as soon as the plugin has started; at once if
     * it has. If an older version of the plugin runs, the heap takes the place of the one of that name then. If another plugin offers a
     * heap of that name, neither has it, unless one of them is pinned; this is reported, and the plugin goes on with its other heaps.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#INVALID_NAME}; {@link io.dmaheap.ErrorCode#INVALID_CONFIGURATION}
     *     if the plugin has registered a heap of that name before
     * @throws IllegalArgumentException if {@code spec} says that the memory is protected and {@code ops} is not a heap of protected memory
     *     among {@link Platform#kernelHeaps()}
     */
    void register(HeapSpec spec, HeapOps ops);

    /**
     * Offers a restricted heap. The framework runs the five operations in their order, and undoes them on failure. Where the platform has
     * a firewall and {@code spec} says that the memory is protected, memory that the firewall leaves open after {@code restrict} is
     * refused. A newer version of the plugin takes the heap over when it
     * has no buffer left, since the memory can belong to one version only.
     *
     * @param <M> the vendor's own record of one buffer
     * @throws io.dmaheap.HeapException as {@link #register(HeapSpec, HeapOps)}
     */
    <M extends Memory> void registerRestricted(HeapSpec spec, RestrictedHeapOps<M> ops);

    /**
     * Looks for what the plugin can offer: now, and whenever the platform may have gained something, such as a kernel heap whose driver
     * was loaded late, or a TEE that answers at last. So whoever waits for a heap gets it when it comes. To be called from
     * {@link HeapProvider#start}.
     *
     * <p>The first look is taken on the calling thread, and what it throws goes through. The others are taken on the
     * {@link #executor()}, one at a time, from the plugin's start until it begins to go away; they are over before
     * {@link HeapProvider#stop()}. What one of those throws is reported until a later one comes to its end, and does not keep the next from
     * being taken.
     *
     * @param look registers what is there and was not registered before; it may find nothing new, and {@link #register} throws
     *     {@link IllegalStateException} if the plugin has begun to go away meanwhile
     */
    default void probe(Runnable look) {
        look.run();
    }

    /**
     * Reports what the plugin cannot offer, or not as it should, and why; {@link io.dmaheap.Heaps#problems()} shows it. For a plugin
     * that goes on without. A later report of the same kind and subject takes the place of the earlier one. A report ends when it is
     * {@linkplain #withdrawReport withdrawn}, and with the plugin.
     */
    void report(Problem problem);

    /** Ends what the plugin has {@linkplain #report reported} of this kind about this subject, since it is so no longer. Harmless if it has not. */
    default void withdrawReport(Problem.Kind kind, String subject) {}

    /**
     * Counts memory that the plugin has to withhold from everybody, as it may still be protected, such as a pool that its protector
     * does not give back. A buffer whose {@link RestrictedHeapOps#unrestrict} fails the framework counts itself.
     * {@link io.dmaheap.Usage#quarantined()} and {@link io.dmaheap.Heaps#problems()} tell of both.
     *
     * @param heap the name of the heap that had the memory, one of this plugin
     * @param bytes how much, without what is counted already; nothing is told of 0
     * @param refused why
     * @throws IllegalArgumentException if the heap is not one of this plugin, or the bytes are negative or more than can be counted
     */
    void quarantine(String heap, long bytes, Throwable refused);

    /** Runs the plugin's background work on threads that end with the plugin. */
    ExecutorService executor();

    /** Cleans up after unreachable objects of the plugin, on a thread of the framework. */
    Cleaner cleaner();

    /** A logger named after the plugin. */
    System.Logger logger();

    /** The settings {@code plugin.<id>.<key>} of the policy file, by {@code <key>}. */
    Map<String, String> configuration();
}
