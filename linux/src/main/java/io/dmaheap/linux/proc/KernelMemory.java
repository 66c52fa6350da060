package io.dmaheap.linux.proc;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.MemoryMap.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a kernel tells of its memory, which is little: {@code System RAM} in {@code /proc/iomem}, with addresses for root only, and how
 * full each CMA area is ({@code /sys/kernel/mm/cma}, CONFIG_CMA_SYSFS), but neither where it lies nor who has which part of it.
 */
public final class KernelMemory {
    private static final Pattern RAM = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) : System RAM");

    private final Path root;
    private final CmaPools pools;

    /** Reads below {@code root}, which is {@code /} but in tests. */
    public KernelMemory(Path root, CmaPools pools) {
        this.root = root;
        this.pools = pools;
    }

    /** What is told now. */
    public MemoryMap map() {
        List<MemoryArea> ordinary = ordinary();
        List<MemoryArea> areas = new ArrayList<>(ordinary);
        pools.areas().forEach((name, pool) -> areas.add(area(name, pool)));
        return new MemoryMap(machine(), areas, List.of(), List.of(), unknown(ordinary));
    }

    /** An area of RAM each; the end that the kernel prints is the last byte. */
    private List<MemoryArea> ordinary() {
        return ProcFile.text(root.resolve("proc/iomem")).stream()
                .flatMap(String::lines)
                .flatMap(line -> Stream.of(RAM.matcher(line)).filter(Matcher::matches))
                .map(match -> ordinary(Long.parseLong(match.group(1), 16), Long.parseLong(match.group(2), 16)))
                .filter(area -> area.size().orElse(0) > 1)
                .toList();
    }

    private static MemoryArea ordinary(long first, long last) {
        return new MemoryArea(
                "memory",
                Kind.ORDINARY,
                Set.of(),
                "",
                OptionalLong.of(first),
                OptionalLong.of(last - first + 1),
                OptionalLong.empty(),
                List.of("system"),
                Optional.empty());
    }

    private static MemoryArea area(String name, CmaPools.Pool pool) {
        boolean isDefault = CmaPools.DEFAULT_AREAS.contains(name);
        return new MemoryArea(
                name,
                Kind.CMA,
                isDefault ? Set.of(Flag.REUSABLE, Flag.DEFAULT) : Set.of(Flag.REUSABLE),
                "",
                OptionalLong.empty(),
                pool.total(),
                pool.free(),
                isDefault ? List.of(CmaPools.DEFAULT_HEAP, name) : List.of(name),
                Optional.empty());
    }

    private String machine() {
        return Stream.of("proc/device-tree/model", "sys/class/dmi/id/product_name")
                .flatMap(file -> ProcFile.text(root.resolve(file)).stream())
                .map(text -> text.replace("\0", "").strip())
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(() ->
                        "linux " + KernelConfig.release(root).orElse("").strip().toLowerCase(Locale.ROOT));
    }

    private List<String> unknown(List<MemoryArea> ordinary) {
        List<String> unknown = new ArrayList<>();
        if (ordinary.isEmpty()) {
            unknown.add("Where the memory lies: /proc/iomem shows addresses to root only.");
        }
        unknown.add(
                pools.areas().isEmpty()
                        ? "Which CMA areas there are: this kernel has none, or lacks CONFIG_CMA_SYSFS."
                        : "Where CMA areas lie, and who has which part of one: the kernel tells only how full they are.");
        if (Files.isDirectory(root.resolve("proc/device-tree/reserved-memory"))) {
            unknown.add("What is set aside in the device tree: dmaheap board --board /proc/device-tree reads it.");
        }
        return unknown;
    }
}
