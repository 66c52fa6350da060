package io.dmaheap.core.policy;

import io.dmaheap.HeapsOptions;
import io.dmaheap.Traits;
import io.dmaheap.core.policy.PolicyFile.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the operator decided. Immutable once read. The keys are described for users in {@code docs/policy.md}:
 * {@code alias.NAME}, {@code limit.available}, {@code limit.plugin.call}, those of one heap ({@link HeapKey}), {@code native-access},
 * {@code plugin.allow}, {@code pin.ID}, {@code plugin.ID.KEY}, {@code platform.NAME.KEY}, {@code kernel-heap.NAME},
 * {@code device.NAME}.
 */
public final class Policy {
    static final String KEYS =
            "Known keys: alias.NAME, limit.available, limit.plugin.call, limit.HEAP.buffer, limit.HEAP.total,"
                    + " limit.HEAP.client, limit.HEAP.client.NAME, limit.HEAP.wait, export.HEAP, native-access, plugin.allow,"
                    + " pin.ID, plugin.ID.KEY, platform.NAME.KEY, kernel-heap.NAME, device.NAME";

    static final String ALLOW = "plugin.allow";
    static final String PIN = "pin.";

    private static final Duration LONGEST_CALL = Duration.ofHours(1);
    private static final String KERNEL_HEAP = "kernel-heap.";
    private static final String DEVICE = "device.";
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,9})?%");

    private final Map<String, List<String>> aliases = new HashMap<>();
    private final Map<String, HeapPolicy> heaps = new HashMap<>();
    private final Map<String, Map<String, String>> plugins = new HashMap<>();
    private final Map<String, Map<String, String>> platforms = new HashMap<>();
    private final Set<String> nativeAccess = new TreeSet<>();
    private final Map<String, Traits> kernelHeaps = new TreeMap<>();
    private final Map<String, List<String>> devices = new HashMap<>();
    private final Map<String, Set<String>> pins = new HashMap<>();
    private Optional<List<String>> allowed = Optional.empty();
    private final List<Mention> mentions = new ArrayList<>();
    private double shareOfAvailable = 1;
    private Duration callLimit = Duration.ofSeconds(10);

    private Policy() {}

    /**
     * Reads the built-in policy, the fallbacks of these options, the pins of the distribution, the operator's file and the settings of
     * these options. What comes later counts more.
     */
    public static Policy read(HeapsOptions options) {
        return read(options.fallbacks(), pins(options), options.policy(), options.settings());
    }

    /** Those of the options, or those that lie beside the plugin directory, as in a distribution. */
    private static Optional<Path> pins(HeapsOptions options) {
        return options.pins()
                .or(() -> options.plugins()
                        .map(plugins -> plugins.toAbsolutePath().normalize())
                        .filter(plugins -> plugins.getFileName() != null)
                        .map(plugins -> plugins.resolveSibling(plugins.getFileName() + ".pins"))
                        .filter(Files::exists));
    }

    /** Reads the built-in policy, then the operator's file if there is one, then what the program says. */
    public static Policy read(Optional<Path> file, Map<String, String> settings) {
        return read(Map.of(), Optional.empty(), file, settings);
    }

    /** As {@link #read(HeapsOptions)}, with the parts that those options name. */
    static Policy read(
            Map<String, String> fallbacks, Optional<Path> pins, Optional<Path> file, Map<String, String> settings) {
        var policy = new Policy();
        PolicyFile.builtin().forEach(policy::apply);
        fallbacks.forEach((key, value) -> policy.apply(new Setting(key, value, "defaults of the program")));
        for (Setting setting : pins.map(PolicyFile::read).orElse(List.of())) {
            if (!setting.key().startsWith(PIN)) {
                throw setting.wrong("not a pin: " + setting.key(), "Settings belong into the policy file");
            }
            policy.apply(setting);
        }
        List<Setting> own = new ArrayList<>(file.map(PolicyFile::read).orElse(List.of()));
        settings.forEach((key, value) -> own.add(new Setting(key, value, "settings of the program")));
        for (Setting setting : own) {
            policy.mentions.addAll(policy.apply(setting));
        }
        return policy;
    }

    /** The names that the operator's settings are about, in the order of the file. */
    public List<Mention> mentions() {
        return List.copyOf(mentions);
    }

    /** Other names for heaps. */
    public Aliases aliases() {
        return new Aliases(aliases);
    }

    /** The heaps of the kernel that are offered with these traits where no plugin offers them. */
    public Map<String, Traits> kernelHeaps() {
        return Map.copyOf(kernelHeaps);
    }

    /** The heaps that suit a device, best first, by their names or aliases; empty if nothing was decided about it. */
    public List<String> heapsFor(String device) {
        return devices.getOrDefault(device, List.of());
    }

    /** What was decided about one heap. */
    public HeapPolicy of(String heap) {
        return heaps.getOrDefault(heap, HeapPolicy.NONE);
    }

    /** The share of the available memory that one request may take, above 0 and at most 1. */
    public double shareOfAvailable() {
        return shareOfAvailable;
    }

    /** How long a call into the life cycle of a plugin may take, at least a millisecond. */
    public Duration callLimit() {
        return callLimit;
    }

    /** Which plugins may be loaded, and what they may do. */
    public PluginRules plugins() {
        return new PluginRules(nativeAccess, allowed, pins);
    }

    /** The settings of a plugin. */
    public Map<String, String> ofPlugin(String id) {
        return Map.copyOf(plugins.getOrDefault(id, Map.of()));
    }

    /** The settings of a platform. */
    public Map<String, String> ofPlatform(String name) {
        return Map.copyOf(platforms.getOrDefault(name, Map.of()));
    }

    /** Does what the setting says; gives the names that it is about. */
    private List<Mention> apply(Setting setting) {
        String key = setting.key();
        if (key.equals("native-access")) {
            nativeAccess.clear();
            nativeAccess.addAll(words(setting));
            return words(setting).stream()
                    .map(id -> mention(Mention.Kind.PLUGIN, id, setting))
                    .toList();
        }
        if (key.equals(ALLOW)) {
            allowed = Optional.of(marks(setting));
            return List.of();
        }
        if (key.equals("limit.available")) {
            shareOfAvailable = share(setting);
            return List.of();
        }
        if (key.equals("limit.plugin.call")) {
            callLimit = callLimit(setting);
            return List.of();
        }
        if (key.startsWith(DEVICE) && key.length() > DEVICE.length()) {
            String device = key.substring(DEVICE.length());
            List<String> suitable = HeapList.of(setting);
            devices.put(device, suitable);
            return Stream.concat(
                            Stream.of(mention(Mention.Kind.DEVICE, device, setting)),
                            suitable.stream().map(heap -> mention(Mention.Kind.HEAP_OR_ALIAS, heap, setting)))
                    .toList();
        }
        return List.of(applyToOne(setting));
    }

    private Mention applyToOne(Setting setting) {
        String key = setting.key();
        if (key.startsWith("alias.") && key.length() > "alias.".length()) {
            String alias = key.substring("alias.".length());
            aliases.put(alias, words(setting));
            return mention(Mention.Kind.ALIAS, alias, setting);
        }
        if (key.startsWith(KERNEL_HEAP) && key.length() > KERNEL_HEAP.length()) {
            String name = key.substring(KERNEL_HEAP.length());
            kernelHeaps.put(name, StatedTraits.of(setting));
            return mention(Mention.Kind.HEAP, name, setting);
        }
        if (key.startsWith(PIN) && key.length() > PIN.length()) {
            String id = key.substring(PIN.length());
            pins.put(id, Set.copyOf(marks(setting)));
            return mention(Mention.Kind.PLUGIN, id, setting);
        }
        if (key.startsWith("plugin.")) {
            return mention(Mention.Kind.PLUGIN, nested(plugins, setting, "plugin."), setting);
        }
        if (key.startsWith("platform.")) {
            return mention(Mention.Kind.PLATFORM, nested(platforms, setting, "platform."), setting);
        }
        HeapKey ofHeap = HeapKey.of(setting).orElseThrow(() -> setting.wrong("no such setting: " + key, KEYS));
        heaps.put(ofHeap.heap(), ofHeap.change().apply(of(ofHeap.heap())));
        return mention(Mention.Kind.HEAP, ofHeap.heap(), setting);
    }

    private static Mention mention(Mention.Kind kind, String name, Setting setting) {
        return new Mention(kind, name, setting.place());
    }

    private static List<String> words(Setting setting) {
        return setting.value().isEmpty()
                ? List.of()
                : List.copyOf(Arrays.asList(setting.value().split("\\s+")));
    }

    private static List<String> marks(Setting setting) {
        return words(setting).stream()
                .map(word -> Marks.parse(word)
                        .orElseThrow(() -> setting.wrong(
                                "neither a digest nor a signer: " + word,
                                "Write sha256: and what `sha256sum FILE` prints, or signer: and the SHA-256 fingerprint that"
                                        + " `keytool -printcert -jarfile FILE` prints")))
                .distinct()
                .toList();
    }

    /** Ids may contain dots, keys may not: the last dot separates them. Gives the id. */
    private static String nested(Map<String, Map<String, String>> where, Setting setting, String prefix) {
        int dot = setting.key().lastIndexOf('.');
        if (dot <= prefix.length() || dot == setting.key().length() - 1) {
            throw setting.wrong("no key is named in " + setting.key(), KEYS);
        }
        String id = setting.key().substring(prefix.length(), dot);
        where.computeIfAbsent(id, unseen -> new HashMap<>()).put(setting.key().substring(dot + 1), setting.value());
        return id;
    }

    private static Duration callLimit(Setting setting) {
        Duration time = HeapKey.time(setting);
        if (time.isZero() || time.compareTo(LONGEST_CALL) > 0) {
            throw setting.wrong("not a limit: " + setting.value(), "Write a time from 1ms to 3600s, such as 10s");
        }
        return time;
    }

    private static double share(Setting setting) {
        String value = setting.value();
        if (SHARE.matcher(value).matches()) {
            double percent = Double.parseDouble(value.substring(0, value.length() - 1));
            if (percent > 0 && percent <= 100) {
                return percent / 100;
            }
        }
        throw setting.wrong("not a share: " + value, "Write a percentage above 0% and up to 100%, such as 90%");
    }
}
