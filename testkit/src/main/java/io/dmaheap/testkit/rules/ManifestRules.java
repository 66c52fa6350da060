package io.dmaheap.testkit.rules;

import java.util.List;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** What a plugin's manifest must say. */
final class ManifestRules {
    private static final List<String> REQUIRED = List.of("Plugin-Id", "Plugin-Version", "Plugin-Requires");

    private ManifestRules() {}

    static List<Violation> check(@Nullable Manifest manifest) {
        return REQUIRED.stream()
                .filter(name -> manifest == null
                        || manifest.getMainAttributes().getValue(name) == null
                        || manifest.getMainAttributes().getValue(name).isBlank())
                .map(name -> new Violation(
                        "a plugin's manifest has Plugin-Id, Plugin-Version and Plugin-Requires, because the framework reads who it is"
                                + " and which API it needs before it loads a class",
                        name + " is missing"))
                .toList();
    }
}
