package io.dmaheap.core.policy;

/**
 * A name that the operator's policy is about.
 *
 * @param kind what it should be the name of
 * @param name the name
 * @param place file and line, for messages
 */
public record Mention(Kind kind, String name, String place) {

    /** What has names in a policy. */
    public enum Kind {
        /** Another name for heaps. */
        ALIAS,
        /** A heap. */
        HEAP,
        /** A heap, by its name or an alias of it. */
        HEAP_OR_ALIAS,
        /** A device. */
        DEVICE,
        /** A plugin, by its id. */
        PLUGIN,
        /** A platform. */
        PLATFORM
    }
}
