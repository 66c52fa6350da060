package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.BAD_MANIFEST;

import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.VersionManager;

/**
 * What a manifest says of its plugin.
 *
 * @param descriptor who it is and what it needs
 * @param needsNativeAccess whether it says that it calls native code
 */
record PluginManifest(PluginDescriptor descriptor, boolean needsNativeAccess) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MAX_VERSION = 63;
    private static final int MAX_TEXT = 255;
    private static final String NATIVE_ACCESS = "Heap-Native-Access";
    private static final VersionManager VERSIONS = new DefaultVersionManager();

    /**
     * Reads and checks the attributes of a jar.
     *
     * @return what they say, or empty if something is wrong, which is then among the findings
     */
    static Optional<PluginManifest> read(Path jar, Attributes attributes, JarFindings findings) {
        var check = new Check(attributes, findings);
        if (!check.identity()) {
            return Optional.empty();
        }
        PluginDescriptor descriptor = new ManifestPluginDescriptorFinder().find(jar);
        boolean sound = check.requirement(descriptor.getRequires());
        sound &= check.dependencies(descriptor);
        sound &= check.texts();
        String nativeAccess = attributes.getValue(NATIVE_ACCESS);
        if (nativeAccess != null && !nativeAccess.equals("required")) {
            check.bad(NATIVE_ACCESS, nativeAccess, "Write 'required' or leave the attribute out");
            sound = false;
        }
        return sound ? Optional.of(new PluginManifest(descriptor, nativeAccess != null)) : Optional.empty();
    }

    private record Check(Attributes attributes, JarFindings findings) {

        boolean identity() {
            String id = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_ID);
            boolean sound = true;
            if (id == null || !ID.matcher(id).matches()) {
                sound = bad(
                        ManifestPluginDescriptorFinder.PLUGIN_ID,
                        id,
                        "Use up to 63 letters, digits, dots, dashes and underscores, such as vendor-heap");
            }
            String version = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_VERSION);
            if (version == null
                    || version.length() > MAX_VERSION
                    || !valid(() -> VERSIONS.compareVersions(version, version))) {
                sound = bad(
                        ManifestPluginDescriptorFinder.PLUGIN_VERSION,
                        version,
                        "Use a semantic version with three numbers, such as 1.0.0");
            }
            return sound;
        }

        boolean requirement(String range) {
            return isRange(range)
                    || bad(
                            ManifestPluginDescriptorFinder.PLUGIN_REQUIRES,
                            range,
                            "Use a range such as >=0.1.0 & <1.0.0");
        }

        boolean dependencies(PluginDescriptor descriptor) {
            String text = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES);
            for (PluginDependency dependency : descriptor.getDependencies()) {
                if (!ID.matcher(dependency.getPluginId()).matches() || !isRange(dependency.getPluginVersionSupport())) {
                    return bad(
                            ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES,
                            text,
                            "Write id@range, with commas between, such as base@>=1.0.0");
                }
                if (dependency.getPluginId().equals(descriptor.getPluginId())) {
                    return bad(
                            ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES,
                            text,
                            "A plugin cannot depend on itself: remove " + dependency.getPluginId() + " from the list");
                }
            }
            return true;
        }

        /** What is shown to people in one line. */
        boolean texts() {
            boolean sound = true;
            for (String name : new String[] {
                ManifestPluginDescriptorFinder.PLUGIN_DESCRIPTION,
                ManifestPluginDescriptorFinder.PLUGIN_PROVIDER,
                ManifestPluginDescriptorFinder.PLUGIN_LICENSE
            }) {
                String text = attributes.getValue(name);
                if (text != null
                        && (text.length() > MAX_TEXT || text.codePoints().anyMatch(Check::isInvisible))) {
                    sound = bad(name, text, "Use up to " + MAX_TEXT + " characters, none of them invisible");
                }
            }
            return sound;
        }

        /** Controls, and what changes the direction of text or takes no room. */
        private static boolean isInvisible(int character) {
            return switch (Character.getType(character)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    true;
                default -> false;
            };
        }

        private static boolean isRange(String text) {
            return text.length() <= MAX_TEXT && valid(() -> VERSIONS.checkVersionConstraint("1.0.0", text));
        }

        boolean bad(String name, @Nullable String value, String hint) {
            findings.add(
                    BAD_MANIFEST,
                    value == null
                            ? "the manifest has no " + name
                            : "the manifest's " + name + " is '" + shortened(value) + "'",
                    hint);
            return false;
        }

        private static String shortened(String value) {
            return value.length() <= MAX_TEXT
                    ? value
                    : value.substring(0, 40) + "…' of " + value.length() + " characters, '"
                            + value.substring(value.length() - 10);
        }

        /** The version library reports bad syntax by several unrelated exceptions, some of them of packages it does not export. */
        private static boolean valid(Runnable parse) {
            try {
                parse.run();
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        }
    }
}
