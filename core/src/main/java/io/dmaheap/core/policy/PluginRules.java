package io.dmaheap.core.policy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator and the distribution say of plugins. A jar has marks: {@code sha256:HEX}, the digest of the file, and
 * {@code signer:HEX}, the SHA-256 fingerprint of the certificate that signed it.
 *
 * @param nativeAccess the ids of plugins that may call native code
 * @param allowed the marks of jars that may be loaded, besides pinned ones; empty if any may
 * @param pins by id, the marks of the jars that may have the id
 */
public record PluginRules(Set<String> nativeAccess, Optional<List<String>> allowed, Map<String, Set<String>> pins) {
    /** Nothing was said. */
    public static final PluginRules NONE = new PluginRules(Set.of(), Optional.empty(), Map.of());

    /** Copies the collections. */
    public PluginRules {
        nativeAccess = Set.copyOf(nativeAccess);
        allowed = allowed.map(List::copyOf);
        pins = Map.copyOf(pins);
    }

    /** Whether the plugin may call native code. */
    public boolean mayCallNative(String id) {
        return nativeAccess.contains(id);
    }

    /** Whether only certain jars may have the id. */
    public boolean isPinned(String id) {
        return pins.containsKey(id);
    }

    /** Whether the id is pinned to a jar with one of these marks. */
    public boolean isPinned(String id, Collection<String> marks) {
        return pins.getOrDefault(id, Set.of()).stream().anyMatch(marks::contains);
    }

    /** Whether a jar with these marks may be loaded. */
    public boolean allows(String id, Collection<String> marks) {
        return allowed.isEmpty() || allowed.get().stream().anyMatch(marks::contains) || isPinned(id, marks);
    }

    /** The line of the policy file that allows this mark, too. */
    public String lineToAllow(String mark) {
        String others = allowed.map(marks -> String.join(" ", marks)).orElse("");
        return (Policy.ALLOW + " = " + others + " " + mark).replace("  ", " ");
    }

    /** The line of the policy file that pins the id to this mark. */
    public static String lineToPin(String id, String mark) {
        return Policy.PIN + id + " = " + mark;
    }
}
