package io.dmaheap.core.registry;

/** Which heap has a name that several plugins want, lowest first. Of several with the same precedence none has it. */
public enum Precedence {
    /** The heap of a plugin that the application, the distribution and the policy do not name. */
    NONE,
    /** A heap of the kernel that the policy offers where no plugin is there for it. */
    STATED,
    /** The heap of a plugin on the class path, or of a jar that the distribution or the policy names. */
    PINNED
}
