package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.BAD_MANIFEST;
import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.INCOMPATIBLE_API;
import static io.dmaheap.Problem.Kind.MISSING_DEPENDENCY;
import static io.dmaheap.Problem.Kind.NATIVE_ACCESS_DENIED;

import io.dmaheap.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Manifests that are missing, no manifests, or say what cannot be. */
final class ManifestKinds {
    private ManifestKinds() {}

    static List<Kind> kinds() {
        return List.of(
                text("manifest-missing", _ -> "", Expected.failed(BAD_MANIFEST, "META-INF/MANIFEST.MF")),
                text("manifest-of-one-line-break", _ -> "\n", Expected.failed(BAD_MANIFEST, "Plugin-Id")),
                text("manifest-without-colons", _ -> "this is no manifest\n", Expected.failed(CORRUPT_JAR, "")),
                text("manifest-of-zeros", _ -> "\0".repeat(1000), Expected.failed(CORRUPT_JAR, "")),
                text(
                        "manifest-without-line-break-at-its-end",
                        String::strip,
                        Expected.failed(BAD_MANIFEST, "Plugin-Version")),
                text(
                        "manifest-with-an-overlong-line",
                        text -> "X: " + "x".repeat(70_000) + "\r\n" + text,
                        Expected.failed(CORRUPT_JAR, "line too long")),
                text(
                        "manifest-with-an-attribute-twice",
                        text -> text.strip() + "\r\nPlugin-Version: 2.0.0\r\n\r\n",
                        Expected.harmless()),
                text("manifest-of-many-sections", text -> text + "Name: a\r\n\r\n".repeat(50_000), Expected.harmless()),
                absent("Plugin-Id"),
                absent("Plugin-Version"),
                says("id-empty", "Plugin-Id", "", BAD_MANIFEST),
                says("id-that-is-a-path", "Plugin-Id", "../../evil", BAD_MANIFEST),
                says("id-with-spaces", "Plugin-Id", "a plugin", BAD_MANIFEST),
                says("id-in-another-alphabet", "Plugin-Id", "\u0437\u043e\u043e", BAD_MANIFEST),
                says("id-that-turns-the-text", "Plugin-Id", "a\u202eb", BAD_MANIFEST),
                says("id-that-is-an-option", "Plugin-Id", "--help", BAD_MANIFEST),
                says("version-empty", "Plugin-Version", "", BAD_MANIFEST),
                says("version-of-letters", "Plugin-Version", "abc", BAD_MANIFEST),
                says("version-of-two-numbers", "Plugin-Version", "1.0", BAD_MANIFEST),
                says("version-negative", "Plugin-Version", "-1.0.0", BAD_MANIFEST),
                says("requires-no-range", "Plugin-Requires", "banana", BAD_MANIFEST),
                says("requires-a-later-api", "Plugin-Requires", ">=9.0.0", INCOMPATIBLE_API),
                says("requires-an-earlier-api", "Plugin-Requires", "<0.0.1", INCOMPATIBLE_API),
                says("requires-what-cannot-be", "Plugin-Requires", ">2.0.0 & <1.0.0", INCOMPATIBLE_API),
                says("depends-on-nothing-known", "Plugin-Dependencies", "nowhere@>=1.0.0", MISSING_DEPENDENCY),
                says("depends-on-itself", "Plugin-Dependencies", "depends-on-itself", BAD_MANIFEST),
                says("depends-on-a-path", "Plugin-Dependencies", "../../evil", BAD_MANIFEST),
                says("depends-on-no-range", "Plugin-Dependencies", "heaps-system@banana", BAD_MANIFEST),
                says("depends-on-a-later-plugin", "Plugin-Dependencies", "heaps-system@>=9.0.0", MISSING_DEPENDENCY),
                says("native-access-perhaps", "Heap-Native-Access", "perhaps", BAD_MANIFEST),
                says("native-access-not-granted", "Heap-Native-Access", "required", NATIVE_ACCESS_DENIED),
                harmless("depends-on-an-option", "Plugin-Dependencies", "nowhere?"),
                harmless("class-path-of-its-own", "Class-Path", "../../../etc/ /etc/passwd.jar"),
                harmless("agent-of-its-own", "Launcher-Agent-Class", "zoo.Agent"),
                harmless("multi-release", "Multi-Release", "true"),
                says("description-with-an-escape", "Plugin-Description", "\u001b[2J\u202etxt.exe", BAD_MANIFEST));
    }

    private static Kind text(String name, UnaryOperator<String> change, Expected expected) {
        return new Kind(
                name,
                new Specimen(name)
                        .manifest(bytes -> change.apply(new String(bytes, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8)),
                expected);
    }

    private static Kind absent(String attribute) {
        String name = "manifest-without-" + attribute.toLowerCase(Locale.ROOT);
        return new Kind(name, new Specimen(name).without(attribute), Expected.failed(BAD_MANIFEST, attribute));
    }

    private static Kind says(String name, String attribute, String value, Problem.Kind problem) {
        return new Kind(
                name,
                new Specimen(name).attribute(attribute, value),
                Expected.failed(problem, problem == BAD_MANIFEST ? attribute : ""));
    }

    private static Kind harmless(String name, String attribute, String value) {
        return new Kind(name, new Specimen(name).attribute(attribute, value), Expected.harmless());
    }
}
