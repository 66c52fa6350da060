package io.dmaheap;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A snapshot of what is known of a heap.
 *
 * @param name the name that {@link Heaps#find(String)} takes, case-sensitive
 * @param aliases further names under which the policy finds this heap
 * @param state where it is in its life
 * @param traits what its memory is like
 * @param plugin the id of the plugin that brought it
 * @param node the device node behind it, such as {@code /dev/dma_heap/system}, if there is one
 * @param openable whether this user may allocate from it, with the reason where not
 * @param total the size of the pool in bytes, if it has one and tells
 * @param free the bytes of the pool that are free, if it tells; the largest single buffer may be smaller
 * @param buffers the number of live buffers from this heap in this process
 * @param bytes the bytes in those buffers
 * @param largest the bytes of the largest buffer that the heap ever gives out, where it has such a limit beside its pool
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapInfo(
        String name,
        List<String> aliases,
        HeapState state,
        Traits traits,
        String plugin,
        Optional<NodeInfo> node,
        Openable openable,
        OptionalLong total,
        OptionalLong free,
        long buffers,
        long bytes,
        OptionalLong largest) {

    /** Copies the list. */
    public HeapInfo {
        aliases = List.copyOf(aliases);
    }

    /** A heap without a limit for one buffer but its pool. */
    public HeapInfo(
            String name,
            List<String> aliases,
            HeapState state,
            Traits traits,
            String plugin,
            Optional<NodeInfo> node,
            Openable openable,
            OptionalLong total,
            OptionalLong free,
            long buffers,
            long bytes) {
        this(name, aliases, state, traits, plugin, node, openable, total, free, buffers, bytes, OptionalLong.empty());
    }

    /**
     * A device node as {@code ls -l} shows it.
     *
     * @param path where it is
     * @param owner the owning user
     * @param group the owning group
     * @param mode the permission bits in {@code rwxrwxrwx} form
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public record NodeInfo(String path, String owner, String group, String mode) {}

    /**
     * Whether the heap can be used by this user.
     *
     * @param yes whether it can
     * @param reason why not, and what to do; empty if it can
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public record Openable(boolean yes, String reason) {
        /** The heap can be used. */
        public static final Openable YES = new Openable(true, "");

        /** The heap cannot be used. */
        public static Openable no(String reason) {
            return new Openable(false, reason);
        }
    }
}
