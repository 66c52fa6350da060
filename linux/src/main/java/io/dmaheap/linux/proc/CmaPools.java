package io.dmaheap.linux.proc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sizes of CMA areas: {@code /sys/kernel/mm/cma/<area>} (CONFIG_CMA_SYSFS), else {@code CmaTotal} and {@code CmaFree} of
 * {@code /proc/meminfo} if there is but one area.
 *
 * <p>A heap bears the name of its area, but for {@code default_cma_region} (linux 6.17 and later), which is a second name of the
 * default area. Sizes must therefore not be summed by heap name.
 */
public final class CmaPools {
    /** The name of the default CMA heap since linux 6.17. */
    public static final String DEFAULT_HEAP = "default_cma_region";

    /** What the default area, and the default CMA heap before linux 6.17, is called on one platform or another. */
    public static final List<String> DEFAULT_AREAS = List.of("reserved", "linux,cma", "default-pool");

    private final Path areas;
    private final Path meminfo;
    private final int pageSize;

    /** Reads below {@code root}, which is {@code /} but in tests. */
    public CmaPools(Path root, int pageSize) {
        this.areas = root.resolve("sys/kernel/mm/cma");
        this.meminfo = root.resolve("proc/meminfo");
        this.pageSize = pageSize;
    }

    /** The area behind a heap; empty if the heap is not known to be a CMA heap. */
    public Optional<Pool> ofHeap(String heap) {
        boolean isDefault = heap.equals(DEFAULT_HEAP) || DEFAULT_AREAS.contains(heap);
        Optional<Path> area = Optional.of(areas.resolve(heap)).filter(Files::isDirectory);
        if (area.isEmpty() && isDefault) {
            area = DEFAULT_AREAS.stream()
                    .map(areas::resolve)
                    .filter(Files::isDirectory)
                    .findFirst();
        }
        if (area.isPresent()) {
            return Optional.of(new Pool(pages(area.get(), "total_pages"), pages(area.get(), "available_pages")));
        }
        if (!isDefault) {
            return Optional.empty();
        }
        return ProcFile.entries(areas).isEmpty()
                ? Optional.of(new Pool(ProcFile.kibibytes(meminfo, "CmaTotal"), ProcFile.kibibytes(meminfo, "CmaFree")))
                : Optional.of(new Pool(OptionalLong.empty(), OptionalLong.empty()));
    }

    /** Every area by name, as far as the kernel names them. */
    public SortedMap<String, Pool> areas() {
        SortedMap<String, Pool> all = new TreeMap<>();
        for (Path area : ProcFile.entries(areas)) {
            all.put(
                    area.getFileName().toString(),
                    new Pool(pages(area, "total_pages"), pages(area, "available_pages")));
        }
        return all;
    }

    private OptionalLong pages(Path area, String file) {
        OptionalLong pages = ProcFile.number(area.resolve(file));
        return pages.isPresent() ? OptionalLong.of(pages.getAsLong() * pageSize) : pages;
    }

    /**
     * The size of an area.
     *
     * @param total bytes, if told
     * @param free bytes that no driver holds, if told; fragmented, and lent to movable pages that must move first
     */
    public record Pool(OptionalLong total, OptionalLong free) {}
}
