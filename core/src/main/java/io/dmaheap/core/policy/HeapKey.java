package io.dmaheap.core.policy;

import io.dmaheap.core.policy.PolicyFile.Setting;
import io.dmaheap.size.ByteSize;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A setting about one heap: {@code limit.HEAP.buffer}, {@code limit.HEAP.total}, {@code limit.HEAP.client},
 * {@code limit.HEAP.client.NAME}, {@code limit.HEAP.wait} or {@code export.HEAP}. Names of heaps and clients may have dots; the first
 * {@code .client.} in a key separates them.
 *
 * @param heap the heap
 * @param change what the setting does
 */
record HeapKey(String heap, Change change) {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s)");
    private static final String CLIENT = ".client.";

    /** Changes what was decided before. */
    interface Change {
        HeapPolicy apply(HeapPolicy before);
    }

    /** What the setting says, empty if it is about something else. */
    static Optional<HeapKey> of(Setting setting) {
        String key = setting.key();
        if (key.startsWith("export.")) {
            return key("export.", "", setting, before -> before.withExportable(allowed(setting)));
        }
        if (!key.startsWith("limit.")) {
            return Optional.empty();
        }
        // Before the endings, which the name of a client may have too.
        int client = key.indexOf(CLIENT);
        if (client > 0 && client + CLIENT.length() < key.length()) {
            String name = key.substring(client + CLIENT.length());
            return key("limit.", CLIENT + name, setting, before -> before.withClient(name, size(setting)));
        }
        if (key.endsWith(".buffer")) {
            return key("limit.", ".buffer", setting, before -> before.withBuffer(size(setting)));
        }
        if (key.endsWith(".total")) {
            return key("limit.", ".total", setting, before -> before.withTotal(size(setting)));
        }
        if (key.endsWith(".wait")) {
            return key("limit.", ".wait", setting, before -> before.withPatience(time(setting)));
        }
        if (key.endsWith(".client")) {
            return key("limit.", ".client", setting, before -> before.withClient(size(setting)));
        }
        return Optional.empty();
    }

    private static Optional<HeapKey> key(String prefix, String suffix, Setting setting, Change change) {
        String key = setting.key();
        if (key.length() <= prefix.length() + suffix.length()) {
            throw setting.wrong("no heap is named in " + key, Policy.KEYS);
        }
        return Optional.of(new HeapKey(key.substring(prefix.length(), key.length() - suffix.length()), change));
    }

    private static long size(Setting setting) {
        try {
            return ByteSize.parse(setting.value());
        } catch (IllegalArgumentException e) {
            throw setting.wrong(
                    "not a size: " + setting.value(), "Write bytes, or a number with K, M, G or T, such as 512M");
        }
    }

    static Duration time(Setting setting) {
        var matcher = TIME.matcher(setting.value().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw setting.wrong("not a time: " + setting.value(), "Write milliseconds or seconds, such as 500ms or 2s");
        }
        long number = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
    }

    private static boolean allowed(Setting setting) {
        return switch (setting.value()) {
            case "allowed" -> true;
            case "denied" -> false;
            default -> throw setting.wrong("neither allowed nor denied: " + setting.value(), "Write allowed or denied");
        };
    }
}
