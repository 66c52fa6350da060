package io.dmaheap.conformance.soak;

import io.dmaheap.conformance.zoo.Installed;
import io.dmaheap.conformance.zoo.Specimen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The plugin jars of a soak, each with one heap that has the plugin's id. */
final class Jars {
    /** The ids of sound plugins. */
    static final List<String> GUESTS = List.of("guest-a", "guest-b", "guest-c");

    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0", "2.0.0");

    /** The callbacks of a plugin with a plain heap. */
    private static final List<String> PLAIN = List.of(
            "init",
            "constructor",
            "start",
            "look",
            "started",
            "heapFlags",
            "allocate",
            "size",
            "setName",
            "info",
            "map",
            "segment",
            "beginCpuAccess",
            "endCpuAccess",
            "awaitIdle",
            "exportFence",
            "accessList",
            "secureHandle",
            "exportFd",
            "unmap",
            "release",
            "status",
            "close",
            "stop");

    /** The operations of a restricted heap. */
    private static final List<String> RESTRICTED = List.of("init()", "alloc", "restrict", "unrestrict", "free");

    /** The heaps of the plugin that blocks. */
    static final String BLOCKED_PLAIN = "blocked";

    static final String BLOCKED_RESTRICTED = "blocked-restricted";

    /** Instead of what the plugins of the zoo do wrong: calls the program in the same JVM. */
    private static final String HOOKED = """
            final class Bad {
                @SuppressWarnings("unchecked")
                static void at(String callback) {
                    ((java.util.function.Consumer<String>) System.getProperties().get("%s")).accept(callback);
                }
            }
            """.formatted(Bystander.HOOK);

    private Jars() {}

    /** All callbacks, in the order in which the plugin comes to them. */
    static List<String> callbacks() {
        var all = new ArrayList<>(PLAIN);
        all.addAll(all.indexOf("status"), RESTRICTED);
        return all;
    }

    /** The ids of plugins that are slow, one in each callback. */
    static List<String> slow() {
        return Stream.concat(
                        PLAIN.stream().map(callback -> slow("plain", callback)),
                        RESTRICTED.stream().map(callback -> slow("restricted", callback)))
                .toList();
    }

    private static String slow(String heap, String callback) {
        return "slow-" + heap + "-" + callback.replace("()", "").toLowerCase(Locale.ROOT);
    }

    /** The jar of a plugin with both kinds of heaps, which calls {@link Bystander#HOOK} in each callback. */
    static byte[] blocking(Installed installed, Path work) throws IOException {
        var specimen = new Specimen("blocked").offering(BLOCKED_PLAIN).source("Bad", HOOKED);
        callbacks().forEach(callback -> specimen.in(callback, "Bad.at(\"" + callback + "\");"));
        specimen.in(
                "register",
                "context.registerRestricted(new HeapSpec(\"" + BLOCKED_RESTRICTED
                        + "\", Traits.UNKNOWN), new Secret());");
        return specimen.jar(installed.compile(specimen.sources(), work));
    }

    /** The jars of each plugin id; several of one id are its versions. */
    static Map<String, List<byte[]>> make(Installed installed, Path work) throws IOException {
        var specimens = new LinkedHashMap<String, List<Specimen>>();
        for (String id : GUESTS) {
            specimens.put(
                    id,
                    VERSIONS.stream()
                            .map(version -> new Specimen(id).offering(id).attribute("Plugin-Version", version))
                            .toList());
        }
        for (String callback : PLAIN) {
            String id = slow("plain", callback);
            specimens.put(id, List.of(new Specimen(id).offering(id).in(callback, "Bad.lagging();")));
        }
        for (String callback : RESTRICTED) {
            String id = slow("restricted", callback);
            specimens.put(
                    id,
                    List.of(new Specimen(id)
                            .offering(id)
                            .in("register", "Secret.register();")
                            .in(callback, "Bad.lagging();")));
        }
        var sources = new TreeMap<String, String>();
        specimens.values().forEach(versions -> versions.forEach(specimen -> sources.putAll(specimen.sources())));
        Map<String, byte[]> compiled = installed.compile(sources, work);
        var jars = new LinkedHashMap<String, List<byte[]>>();
        specimens.forEach((id, versions) -> {
            var bytes = new ArrayList<byte[]>();
            versions.forEach(specimen -> bytes.add(specimen.jar(compiled)));
            jars.put(id, bytes);
        });
        return jars;
    }
}
