package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.map.AreaText;
import io.dmaheap.cli.map.MachineText;
import io.dmaheap.cli.map.MapSvg;
import io.dmaheap.cli.map.Owners;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Draw the machine's memory to scale: what is set aside, taken, pinned, lent and free.",
        footer = {
            "",
            "Buffers belong to the process that allocates them, so a fresh call sees none of its own: play --map shows them.",
            "",
            "Examples:",
            "  dmaheap map",
            "  dmaheap map --heap video@68000000",
            "  dmaheap map --svg memory.svg",
            "  dmaheap play camera-switch --map --svg camera.svg"
        })
final class MapCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(names = "--heap", paramLabel = "NAME", description = "Only the memory behind this heap.")
    private @Nullable String heap;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write the picture into a file as well.")
    private @Nullable Path svg;

    MapCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open()) {
            MemoryMap map = heaps.memoryMap();
            List<MemoryArea> areas = heap == null ? interesting(map) : behind(heaps, map, heap);
            var owners = new Owners(areas);
            if (svg != null) {
                var pictures = areas.stream()
                        .filter(area -> area.base().isPresent() && area.size().isPresent())
                        .map(area -> new MapSvg.Picture("", area))
                        .toList();
                PictureFile.write(svg, MapSvg.of("Memory of " + map.machine(), map, pictures, owners));
            }
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with("machine", map.machine())
                        .with(
                                "areas",
                                shown(map, areas).stream().map(MapJson::drawn).toList())
                        .with("unknown", map.unknown()));
            } else {
                print(map, areas, owners);
            }
            return ExitStatus.OK;
        }
    }

    private List<MemoryArea> shown(MemoryMap map, List<MemoryArea> areas) {
        return heap == null ? map.areas() : areas;
    }

    /** Those with something in them: an empty area is told by its line in the table. */
    private static List<MemoryArea> interesting(MemoryMap map) {
        return map.areas().stream()
                .filter(area -> area.extents().filter(all -> !all.isEmpty()).isPresent())
                .toList();
    }

    private static List<MemoryArea> behind(Heaps heaps, MemoryMap map, String name) {
        try (Heap found = Invocation.find(heaps, name)) {
            List<MemoryArea> areas = map.areas().stream()
                    .filter(area -> area.heaps().contains(found.name()))
                    .toList();
            if (areas.isEmpty()) {
                throw HeapException.of(
                                ErrorCode.UNSUPPORTED, "nobody tells where the memory of " + found.name() + " lies")
                        .hint("`dmaheap map` shows the areas of this machine")
                        .build();
            }
            return areas;
        }
    }

    private void print(MemoryMap map, List<MemoryArea> areas, Owners owners) {
        PrintWriter out = invocation.out();
        Screen screen = invocation.screen();
        if (heap == null) {
            out.println(map.machine());
            out.println();
            out.println(new MachineText(screen.glyphs(), screen.columns()).of(map));
        }
        var drawing = new AreaText(owners, screen.glyphs(), screen.columns());
        areas.forEach(area -> out.println(drawing.of(area)));
        map.unknown().forEach(line -> out.println("unknown: " + line));
    }
}
