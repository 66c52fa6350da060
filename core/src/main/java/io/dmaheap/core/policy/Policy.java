package io.dmaheap.core.policy;

import io.dmaheap.core.policy.PolicyFile.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the operator decided. Immutable once read. The keys are described for users in {@code docs/policy.md}:
 * {@code alias.NAME}, {@code limit.available}, those of one heap ({@link HeapKey}), {@code native-access}, {@code plugin.ID.KEY},
 * {@code platform.NAME.KEY}.
 */
public final class Policy {
    static final String KEYS = "Known keys: alias.NAME, limit.available, limit.HEAP.buffer, limit.HEAP.total,"
            + " limit.HEAP.client, limit.HEAP.client.NAME, limit.HEAP.wait, export.HEAP, native-access, plugin.ID.KEY,"
            + " platform.NAME.KEY";

    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,9})?%");

    private final Map<String, List<String>> aliases = new HashMap<>();
    private final Map<String, HeapPolicy> heaps = new HashMap<>();
    private final Map<String, Map<String, String>> plugins = new HashMap<>();
    private final Map<String, Map<String, String>> platforms = new HashMap<>();
    private final Set<String> nativeAccess = new TreeSet<>();
    private final List<Mention> mentions = new ArrayList<>();
    private double shareOfAvailable = 1;

    private Policy() {}

    /** Reads the built-in policy, then the operator's file if there is one, then what the program says. */
    public static Policy read(Optional<Path> file, Map<String, String> settings) {
        var policy = new Policy();
        PolicyFile.builtin().forEach(policy::apply);
        List<Setting> own = new ArrayList<>(file.map(PolicyFile::read).orElse(List.of()));
        settings.forEach((key, value) -> own.add(new Setting(key, value, "settings of the program")));
        for (Setting setting : own) {
            policy.apply(setting);
            policy.mentions.addAll(mentions(setting));
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

    /** What was decided about one heap. */
    public HeapPolicy of(String heap) {
        return heaps.getOrDefault(heap, HeapPolicy.NONE);
    }

    /** The share of the available memory that one request may take, above 0 and at most 1. */
    public double shareOfAvailable() {
        return shareOfAvailable;
    }

    /** The ids of plugins that may call native code. */
    public Set<String> nativeAccess() {
        return Set.copyOf(nativeAccess);
    }

    /** The settings of a plugin. */
    public Map<String, String> ofPlugin(String id) {
        return Map.copyOf(plugins.getOrDefault(id, Map.of()));
    }

    /** The settings of a platform. */
    public Map<String, String> ofPlatform(String name) {
        return Map.copyOf(platforms.getOrDefault(name, Map.of()));
    }

    private static List<Mention> mentions(Setting setting) {
        String key = setting.key();
        if (key.equals("native-access")) {
            return words(setting).stream()
                    .map(id -> new Mention(Mention.Kind.PLUGIN, id, setting.place()))
                    .toList();
        }
        if (key.equals("limit.available")) {
            return List.of();
        }
        if (key.startsWith("alias.")) {
            return List.of(new Mention(Mention.Kind.ALIAS, key.substring("alias.".length()), setting.place()));
        }
        if (key.startsWith("plugin.")) {
            return List.of(new Mention(Mention.Kind.PLUGIN, owner(setting, "plugin."), setting.place()));
        }
        if (key.startsWith("platform.")) {
            return List.of(new Mention(Mention.Kind.PLATFORM, owner(setting, "platform."), setting.place()));
        }
        return HeapKey.of(setting)
                .map(ofHeap -> List.of(new Mention(Mention.Kind.HEAP, ofHeap.heap(), setting.place())))
                .orElse(List.of());
    }

    private void apply(Setting setting) {
        String key = setting.key();
        if (key.equals("native-access")) {
            nativeAccess.clear();
            nativeAccess.addAll(words(setting));
        } else if (key.equals("limit.available")) {
            shareOfAvailable = share(setting);
        } else if (key.startsWith("alias.") && key.length() > "alias.".length()) {
            aliases.put(key.substring("alias.".length()), words(setting));
        } else if (key.startsWith("plugin.")) {
            nested(plugins, setting, "plugin.");
        } else if (key.startsWith("platform.")) {
            nested(platforms, setting, "platform.");
        } else {
            HeapKey ofHeap = HeapKey.of(setting).orElseThrow(() -> setting.wrong("no such setting: " + key, KEYS));
            heaps.put(ofHeap.heap(), ofHeap.change().apply(of(ofHeap.heap())));
        }
    }

    private static List<String> words(Setting setting) {
        return setting.value().isEmpty()
                ? List.of()
                : List.copyOf(Arrays.asList(setting.value().split("\\s+")));
    }

    private static void nested(Map<String, Map<String, String>> where, Setting setting, String prefix) {
        String owner = owner(setting, prefix);
        where.computeIfAbsent(owner, id -> new HashMap<>())
                .put(setting.key().substring(prefix.length() + owner.length() + 1), setting.value());
    }

    /** Ids may contain dots, keys may not: the last dot separates them. */
    private static String owner(Setting setting, String prefix) {
        int dot = setting.key().lastIndexOf('.');
        if (dot <= prefix.length() || dot == setting.key().length() - 1) {
            throw setting.wrong("no key is named in " + setting.key(), KEYS);
        }
        return setting.key().substring(prefix.length(), dot);
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
