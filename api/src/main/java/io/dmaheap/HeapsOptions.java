package io.dmaheap;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How to open {@link Heaps}. Immutable; each {@code with} method gives a changed copy.
 *
 * @param platform the name of the platform to use, empty to let the machine decide
 * @param plugins the directory whose jars are loaded as plugins, empty to use only the providers on the class or module path
 * @param watchPlugins whether jars that appear in or vanish from that directory later are loaded and drained
 * @param policy the policy file, empty for the built-in policy alone
 * @param leakDetection how many handles remember where they were made
 * @param settings lines of a policy, by key, that count more than those of the policy file
 * @param fallbacks lines of a policy, by key, that count less than those of the policy file
 * @param startPlugins whether plugins run; if not, they are read, checked and resolved only, and there are no heaps
 * @param pins the file that tells which jars may have which plugin ids, as distributions ship it; if empty, the file beside the plugin
 *     directory that has its name and the ending {@code .pins}, if there is one
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapsOptions(
        Optional<String> platform,
        Optional<Path> plugins,
        boolean watchPlugins,
        Optional<Path> policy,
        LeakDetection leakDetection,
        Map<String, String> settings,
        Map<String, String> fallbacks,
        boolean startPlugins,
        Optional<Path> pins) {

    /** Checks that all parts are there and copies the maps. */
    public HeapsOptions {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(plugins, "plugins");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(leakDetection, "leakDetection");
        Objects.requireNonNull(pins, "pins");
        settings = Map.copyOf(settings);
        fallbacks = Map.copyOf(fallbacks);
    }

    /** With plugins that run, and without pins of its own. */
    public HeapsOptions(
            Optional<String> platform,
            Optional<Path> plugins,
            boolean watchPlugins,
            Optional<Path> policy,
            LeakDetection leakDetection,
            Map<String, String> settings) {
        this(platform, plugins, watchPlugins, policy, leakDetection, settings, Map.of(), true, Optional.empty());
    }

    /** Without settings and pins of its own. */
    public HeapsOptions(
            Optional<String> platform,
            Optional<Path> plugins,
            boolean watchPlugins,
            Optional<Path> policy,
            LeakDetection leakDetection) {
        this(platform, plugins, watchPlugins, policy, leakDetection, Map.of());
    }

    /**
     * What {@link Heaps#open()} uses: the system properties {@code dmaheap.platform}, {@code dmaheap.plugins}, {@code dmaheap.pins},
     * {@code dmaheap.policy} and {@code dmaheap.leaks} ({@code sampled} or {@code full}) where they are set and not empty; otherwise the
     * machine's best platform, no plugin directory, the built-in policy, sampled leak detection. Plugins are never taken from the
     * current directory by default, since they are code.
     */
    public static HeapsOptions defaults() {
        return new HeapsOptions(
                property("dmaheap.platform"),
                property("dmaheap.plugins").map(Path::of),
                false,
                property("dmaheap.policy").map(Path::of),
                property("dmaheap.leaks").map(LeakDetection::parse).orElse(LeakDetection.SAMPLED),
                Map.of(),
                Map.of(),
                true,
                property("dmaheap.pins").map(Path::of));
    }

    /** An empty value, as scripts pass it for a variable that is not set, counts as none: the empty path is the current directory. */
    private static Optional<String> property(String name) {
        return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
    }

    /** Uses this platform, {@code linux} or {@code emulator}, and fails where it cannot be used. */
    public HeapsOptions withPlatform(String name) {
        return new HeapsOptions(
                Optional.of(name),
                plugins,
                watchPlugins,
                policy,
                leakDetection,
                settings,
                fallbacks,
                startPlugins,
                pins);
    }

    /** Loads the jars of this directory. */
    public HeapsOptions withPlugins(Path directory) {
        return new HeapsOptions(
                platform,
                Optional.of(directory),
                watchPlugins,
                policy,
                leakDetection,
                settings,
                fallbacks,
                startPlugins,
                pins);
    }

    /** Keeps watching the plugin directory. */
    public HeapsOptions withPluginsWatched() {
        return new HeapsOptions(
                platform, plugins, true, policy, leakDetection, settings, fallbacks, startPlugins, pins);
    }

    /** Reads this policy file on top of the built-in policy. */
    public HeapsOptions withPolicy(Path file) {
        return new HeapsOptions(
                platform,
                plugins,
                watchPlugins,
                Optional.of(file),
                leakDetection,
                settings,
                fallbacks,
                startPlugins,
                pins);
    }

    /** Sets how many handles remember where they were made. */
    public HeapsOptions withLeakDetection(LeakDetection level) {
        return new HeapsOptions(
                platform, plugins, watchPlugins, policy, level, settings, fallbacks, startPlugins, pins);
    }

    /** Lets only the jars of this file have the plugin ids that it names. */
    public HeapsOptions withPins(Path file) {
        return new HeapsOptions(
                platform,
                plugins,
                watchPlugins,
                policy,
                leakDetection,
                settings,
                fallbacks,
                startPlugins,
                Optional.of(file));
    }

    /**
     * Sets one key of the policy, such as {@code platform.emulator.board}; docs/policy.md lists them.
     */
    public HeapsOptions withSetting(String key, String value) {
        Map<String, String> more = new HashMap<>(settings);
        more.put(key, value);
        return new HeapsOptions(
                platform, plugins, watchPlugins, policy, leakDetection, more, fallbacks, startPlugins, pins);
    }

    /** Sets one key of the policy where the policy file says nothing about it. */
    public HeapsOptions withFallback(String key, String value) {
        Map<String, String> more = new HashMap<>(fallbacks);
        more.put(key, value);
        return new HeapsOptions(
                platform, plugins, watchPlugins, policy, leakDetection, settings, more, startPlugins, pins);
    }

    /**
     * Runs no code of a plugin. Plugins are read, checked and resolved, so that {@link Heaps#plugins()} and {@link Heaps#problems()} tell
     * what can be told without trusting them; those that could run are {@link PluginInfo.State#RESOLVED}.
     */
    public HeapsOptions withoutStart() {
        return new HeapsOptions(
                platform, plugins, watchPlugins, policy, leakDetection, settings, fallbacks, false, pins);
    }

    /**
     * How many handles remember the stack that made them. A buffer whose last handle becomes garbage unclosed is always released
     * and reported; the level decides how often the report can say where it came from.
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum LeakDetection {
        /** One buffer in 128. */
        SAMPLED,
        /** Every buffer, and every handle of a heap as well: for tests and for hunting, a stack walk each. */
        FULL;

        private static LeakDetection parse(String word) {
            for (LeakDetection level : values()) {
                if (level.name().equalsIgnoreCase(word)) {
                    return level;
                }
            }
            throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "no such leak detection level: " + word)
                    .hint("Set dmaheap.leaks to sampled or full")
                    .build();
        }
    }
}
