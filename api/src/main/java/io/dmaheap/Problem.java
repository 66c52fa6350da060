package io.dmaheap;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong while finding, loading or running a plugin: a value, since it must not stop the next plugin.
 *
 * @param kind what sort of problem
 * @param subject the jar, plugin or heap it is about
 * @param message what is wrong, in one sentence for a person
 * @param hint what to do about it
 * @param cause what was thrown, if anything was
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Problem(Kind kind, String subject, String message, String hint, Optional<Throwable> cause) {

    /** Checks that all parts are there. */
    public Problem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(hint, "hint");
        Objects.requireNonNull(cause, "cause");
    }

    /** A problem with what caused it. */
    public static Problem of(Kind kind, String subject, String message, String hint, @Nullable Throwable cause) {
        return new Problem(kind, subject, message, hint, Optional.ofNullable(cause));
    }

    @Override
    public String toString() {
        return subject + ": " + message + (hint.isEmpty() ? "" : ". " + hint);
    }

    /** The sorts of problems. New ones may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Kind {
        /** The file is no readable jar. */
        CORRUPT_JAR,
        /** A watched directory is gone, or cannot be read now; it is looked for again. Ends when it is found. */
        DIRECTORY_OUT_OF_REACH,
        /**
         * A watched directory is looked at every few seconds, since inotify has nothing left for this user; or a change in it could not
         * be followed yet. Ends when it can.
         */
        WATCH_IMPAIRED,
        /** No working copy of the jar can be made, as when the temporary directory is full; it is tried again. */
        NO_WORKING_COPY,
        /** The manifest is missing or lacks a required attribute. */
        BAD_MANIFEST,
        /** A class of the jar cannot be loaded: it is damaged, needs a later Java, or lies where no class loader takes it from. */
        UNLOADABLE_CLASS,
        /** The jar contains classes of the API itself. */
        SHADED_API,
        /** The plugin wants an API level that this framework does not have, or uses what this level lacks. */
        INCOMPATIBLE_API,
        /** A plugin that this one needs is missing, failed, or part of a cycle. */
        MISSING_DEPENDENCY,
        /** Another plugin has the same id. */
        DUPLICATE_PLUGIN,
        /** Another plugin offers a heap of the same name. Ends when it does not. */
        DUPLICATE_HEAP,
        /** Another plugin has a heap that gives out the same region of memory. */
        DUPLICATE_REGION,
        /** A plugin cannot use a region, or a service of the firmware, that the machine has for it. */
        UNUSABLE_MEMORY,
        /** The kernel has no heaps, so buffers come from an emulated machine, which the program did not ask for. */
        EMULATED_PLATFORM,
        /** Neither the plugin directory nor the class or module path has a plugin, so that there is no heap. */
        NO_PLUGIN,
        /** The machine's description is wrong at the node that is the subject. */
        FAULTY_DESCRIPTION,
        /** The module could not be resolved or defined. */
        UNRESOLVABLE_MODULE,
        /** The jar has no provider of heaps, or one that cannot be instantiated. */
        NO_PROVIDER,
        /** The plugin needs native access that the policy does not grant. */
        NATIVE_ACCESS_DENIED,
        /** The policy does not let this jar be loaded, or another jar is pinned to its id. */
        NOT_ALLOWED,
        /** The jar is signed, and the signature does not verify or does not cover all of it. */
        BAD_SIGNATURE,
        /** A plugin was replaced by an older version of itself. */
        DOWNGRADED,
        /** The plugin threw what it must not, or released memory twice. */
        PLUGIN_THREW,
        /**
         * The plugin did not return from a call within the limit; the cause has the stack of its thread. Ends when the plugin was stopped and
         * has returned.
         */
        PLUGIN_OVERDUE,
        /** The plugin left a thread running after it was stopped. */
        LEAKED_THREAD,
        /** The plugin was stopped and left state of the whole program changed, or processes running. */
        LEAKED_STATE,
        /** A restricted buffer could not be unrestricted; its memory is withheld. */
        QUARANTINED,
        /** A handle became garbage unclosed. */
        LEAKED_HANDLE
    }
}
