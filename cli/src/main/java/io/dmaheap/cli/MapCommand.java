package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.map.AreaText;
import io.dmaheap.cli.map.AreaWords;
import io.dmaheap.cli.map.MachineText;
import io.dmaheap.cli.map.MachineText.Column;
import io.dmaheap.cli.map.MapSvg;
import io.dmaheap.cli.map.Owners;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Draw the machine's memory to scale: what is set aside, taken, pinned, lent and free.",
        footer = {
            "",
            "Buffers belong to the process that allocates them, so a fresh call sees none of its own: play --map shows them.",
            "",
            "Columns of -o: area, kind, address, size, free, runs, largest, heaps.",
            "",
            "Examples:",
            "  dmaheap map",
            "  dmaheap map --heap video@68000000 --watch=0.5",
            "  dmaheap map -bo area,free,largest",
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

    @Mixin
    private final TableOptions options = new TableOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    MapCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        return watch.show(invocation, this::show);
    }

    private int show(Heaps heaps, Printer out) {
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
            out.json(HeapJson.result(heaps)
                    .with("machine", map.machine())
                    .with(
                            "areas",
                            shown(map, areas).stream().map(MapJson::drawn).toList())
                    .with("unknown", map.unknown()));
        } else if (options.bare()) {
            out.block(options.text(table(shown(map, areas)), invocation.screen()));
        } else {
            print(map, areas, owners, out);
        }
        return ExitStatus.OK;
    }

    private Table table(List<MemoryArea> areas) {
        var table = new Table("AREA", "KIND", "ADDRESS", ">SIZE", ">FREE", ">RUNS", ">LARGEST", "HEAPS");
        for (MemoryArea area : areas) {
            boolean told = area.base().isPresent()
                    && area.size().isPresent()
                    && area.extents().isPresent();
            table.row(
                    area.name(),
                    AreaWords.kind(area),
                    AreaWords.hex(area.base()),
                    size(area.size()),
                    size(area.free()),
                    told ? area.freeRuns().size() : "-",
                    told ? options.size(area.largestFreeRun()) : "-",
                    area.heaps().isEmpty() ? "-" : String.join(" ", area.heaps()));
        }
        return table;
    }

    private String size(OptionalLong size) {
        return size.isPresent() ? options.size(size.getAsLong()) : "-";
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

    private void print(MemoryMap map, List<MemoryArea> areas, Owners owners, Printer out) {
        Screen screen = invocation.screen();
        if (heap == null) {
            out.paragraph(map.machine());
            out.line();
            out.block(new MachineText(screen.glyphs(), screen.columns(), screen.lineLength(), Column.KIND).of(map));
            out.line();
        }
        var drawing = new AreaText(owners, screen.glyphs(), screen.columns(), screen.lineLength());
        areas.forEach(area -> {
            out.block(drawing.of(area));
            out.line();
        });
        map.unknown().forEach(line -> out.paragraph("unknown: " + line, 9));
    }
}
