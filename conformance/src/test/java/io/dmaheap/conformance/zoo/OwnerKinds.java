package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.BAD_SIGNATURE;
import static io.dmaheap.Problem.Kind.DUPLICATE_HEAP;
import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.DUPLICATE_REGION;
import static io.dmaheap.Problem.Kind.NOT_ALLOWED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Plugins that want what belongs to others, and signatures that are none. */
final class OwnerKinds {
    /** That of the heap restricted_mtk_cm on the emulator's standard board. */
    private static final String REGION = "restricted-cm@50000000";

    private OwnerKinds() {}

    static List<Kind> kinds() {
        return List.of(
                new Kind(
                        "id-of-a-shipped-plugin",
                        new Specimen("id-of-a-shipped-plugin").attribute("Plugin-Id", "heaps-system"),
                        Expected.failed(NOT_ALLOWED, "is not the jar that this id is pinned to")),
                new Kind(
                        "heap-of-a-shipped-plugin",
                        new Specimen("heap-of-a-shipped-plugin").offering("system"),
                        Expected.failed(DUPLICATE_HEAP, "system")),
                new Kind(
                        "id-of-two-strangers",
                        new Specimen("id-of-two-strangers").placed(OwnerKinds::twice),
                        Expected.failed(DUPLICATE_PLUGIN, "neither is loaded")),
                new Kind(
                        "region-of-a-shipped-plugin",
                        new Specimen("region-of-a-shipped-plugin").in("allocate", """
                                if (Bad.ALWAYS) {
                                    return Provider.context.platform().regions().stream()
                                            .filter(region -> region.name().equals("%s"))
                                            .findFirst()
                                            .orElseThrow()
                                            .take(0, request);
                                }
                                """.formatted(REGION)),
                        Expected.refused("INVALID_CONFIGURATION", "flags", "allocate", "again")),
                new Kind(
                        "offers-the-region-of-a-shipped-plugin",
                        new Specimen("offers-the-region-of-a-shipped-plugin").in("started", """
                                context.register(
                                        new HeapSpec("zoo-region", Traits.SYSTEM).withRegions("%s"), new Ops());
                                """.formatted(REGION)),
                        Expected.reported(DUPLICATE_REGION, REGION + ", which belongs to heaps-restricted-mtk")),
                new Kind(
                        "signature-of-garbage",
                        new Specimen("signature-of-garbage")
                                .entry("META-INF/ZOO.SF", "Signature-Version: 1.0\r\n\r\n")
                                .entry("META-INF/ZOO.RSA", "no signature at all"),
                        Expected.failed(BAD_SIGNATURE, "")));
    }

    /** In two files that differ in the comment of the archive. */
    private static void twice(byte[] jar, Path file) throws IOException {
        byte[] commented = Arrays.copyOf(jar, jar.length + 1);
        commented[jar.length - 2] = 1;
        commented[jar.length] = '!';
        Files.write(file, jar);
        Files.write(file.resolveSibling("another.jar"), commented);
    }
}
