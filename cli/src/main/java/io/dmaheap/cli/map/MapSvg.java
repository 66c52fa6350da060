package io.dmaheap.cli.map;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Use;
import io.dmaheap.cli.output.Sizes;
import java.util.ArrayList;
import java.util.List;

/** A picture of memory for a file: the machine to scale, then areas one by one, each with its own axis of addresses, and a legend. */
public final class MapSvg {
    private static final int WIDTH = 1200;
    private static final int MARGIN = 40;
    private static final double INNER = WIDTH - 2 * MARGIN;
    private static final int TICKS = 8;
    /** The width of a letter of size 11, about. */
    private static final double LETTER = 6.6;

    /** Easy to tell apart, for people who see colours differently too (after Okabe and Ito), light ones last. */
    private static final List<String> COLOURS = List.of(
            "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#a6761d", "#66a61e",
            "#e7298a");

    private static final String FREE = "url(#free)";
    private static final String LENT = "url(#lent)";
    private static final String PINNED = "#111827";
    private static final String BOLD = "font-weight=\"600\" fill=\"#111827\"";
    private static final String PLAIN = "fill=\"#374151\"";
    private static final String LIGHT = "fill=\"#ffffff\"";

    private final Svg svg = new Svg(WIDTH);
    private final Owners owners;
    private double y = MARGIN;

    /**
     * One drawing of an area.
     *
     * @param caption what moment it shows; empty if there is only one
     * @param area what to draw; one with addresses and extents
     */
    public record Picture(String caption, MemoryArea area) {}

    private MapSvg(Owners owners) {
        this.owners = owners;
    }

    /** The document. */
    public static String of(String title, MemoryMap map, List<Picture> pictures, Owners owners) {
        var drawing = new MapSvg(owners);
        drawing.heading(title, map.machine());
        drawing.machine(map);
        pictures.forEach(drawing::picture);
        drawing.legend(pictures);
        return drawing.svg.document(drawing.y + MARGIN / 2.0);
    }

    private void heading(String title, String machine) {
        svg.text(MARGIN, y, 22, "start", BOLD, title);
        svg.text(WIDTH - MARGIN, y, 13, "end", PLAIN, machine);
        y += 30;
    }

    /** One strip for each run of areas without a hole between them, all to the same scale. */
    private void machine(MemoryMap map) {
        List<List<MemoryArea>> strips = strips(map);
        double longest = strips.stream().mapToLong(MapSvg::bytes).max().orElse(1);
        for (List<MemoryArea> strip : strips) {
            strip(strip, INNER / longest);
        }
        kinds(map);
    }

    /** What the colours of the strips mean, of those that are there. */
    private void kinds(MemoryMap map) {
        double x = MARGIN;
        for (MemoryMap.Kind kind : MemoryMap.Kind.values()) {
            if (map.areas().stream()
                    .anyMatch(area -> area.kind() == kind && area.base().isPresent())) {
                x = swatch(x, kindColour(kind), AreaWords.kind(kind));
            }
        }
        y += x > MARGIN ? 18 : 0;
    }

    private static List<List<MemoryArea>> strips(MemoryMap map) {
        List<List<MemoryArea>> strips = new ArrayList<>();
        long next = -1;
        for (MemoryArea area : map.areas()) {
            if (area.base().isPresent() && area.size().isPresent()) {
                if (area.base().getAsLong() != next) {
                    strips.add(new ArrayList<>());
                }
                strips.getLast().add(area);
                next = area.base().getAsLong() + area.size().getAsLong();
            }
        }
        return strips;
    }

    private static long bytes(List<MemoryArea> strip) {
        return strip.stream().mapToLong(area -> area.size().orElse(0)).sum();
    }

    private void strip(List<MemoryArea> strip, double scale) {
        double x = MARGIN;
        svg.text(x, y, 11, "start", PLAIN, AreaWords.hex(strip.getFirst().base()));
        y += 6;
        List<Name> names = new ArrayList<>();
        for (MemoryArea area : strip) {
            double width = area.size().orElse(0) * scale;
            svg.rectangle(x, y, width, 26, kindColour(area.kind()), AreaWords.heading(area));
            String name = area.name() + " " + Sizes.text(area.size().orElse(0));
            if (area.kind() != MemoryMap.Kind.ORDINARY) {
                names.add(new Name(name, x + width / 2));
            } else if (width > name.length() * LETTER) {
                svg.text(x + width / 2, y + 17, 11, "middle", PLAIN, name);
            }
            x += width;
        }
        y += 26;
        y += names(names.reversed()) + 24;
    }

    /** The name of an area and the middle of its rectangle. */
    private record Name(String text, double x) {
        /** Where it begins, so that it ends within the picture. */
        double start() {
            return Math.min(x - 4, WIDTH - MARGIN - text.length() * LETTER);
        }
    }

    /**
     * Writes names below their areas, from the right to the left: one that would run into others goes a line lower, so that no leader
     * crosses a name.
     *
     * @return how high all lines are
     */
    private double names(List<Name> fromTheRight) {
        List<Double> lines = new ArrayList<>();
        for (Name name : fromTheRight) {
            int line = 0;
            while (line < lines.size() && name.start() + name.text().length() * LETTER > lines.get(line)) {
                line++;
            }
            if (line == lines.size()) {
                lines.add(0.0);
            }
            lines.set(line, name.start() - LETTER);
            double base = y + 16 + 14 * line;
            svg.line(name.x(), y, name.x(), base - 9);
            svg.text(name.start(), base, 11, "start", PLAIN, name.text());
        }
        return 14 * lines.size();
    }

    private static String kindColour(MemoryMap.Kind kind) {
        return switch (kind) {
            case ORDINARY -> "#e5e7eb";
            case CMA -> "#34a0a4";
            case STANDALONE_CMA -> "#52b69a";
            case COHERENT -> "#b5838d";
            case BOUNCE -> "#e5989b";
            case CARVEOUT -> "#6d6875";
        };
    }

    private void picture(Picture picture) {
        MemoryArea area = picture.area();
        long base = area.base().orElseThrow();
        long size = area.size().orElseThrow();
        double scale = INNER / size;
        y += 16;
        svg.text(
                MARGIN,
                y,
                15,
                "start",
                BOLD,
                (picture.caption().isEmpty() ? "" : picture.caption() + ": ") + AreaWords.heading(area));
        y += 10;
        svg.rectangle(MARGIN, y, INNER, 64, FREE, "free");
        for (Extent extent : area.extents().orElse(List.of())) {
            extent(extent, MARGIN + (extent.base() - base) * scale, extent.size() * scale);
        }
        y += 64;
        axis(base, size, scale);
        svg.text(MARGIN, y, 12, "start", PLAIN, "free: " + AreaWords.free(area));
        y += 18;
    }

    private void extent(Extent extent, double x, double width) {
        String what = AreaWords.hex(extent.base()) + ", " + Sizes.text(extent.size());
        switch (extent.use()) {
            case BUFFER -> {
                String label = extent.label().or(extent::client).orElse("");
                svg.rectangle(x, y, width, 64, colour(owners.number(extent)), label + " " + what);
                if (width > label.length() * LETTER) {
                    svg.text(x + width / 2, y + 36, 11, "middle", LIGHT, label);
                }
                if (extent.lent()) {
                    svg.rectangle(x, y + 56, width, 8, LENT, "lent");
                }
            }
            case LENT -> svg.rectangle(x, y, width, 64, LENT, "lent " + what);
            // A pinned page is hair-thin at any scale, and matters all the same.
            case PINNED -> svg.rectangle(x, y, Math.max(width, 2.5), 64, PINNED, "pinned " + what);
        }
    }

    private static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    private void axis(long base, long size, double scale) {
        for (int tick = 0; tick <= TICKS; tick++) {
            long at = size / TICKS * tick;
            double x = MARGIN + at * scale;
            String anchor = tick == 0 ? "start" : tick == TICKS ? "end" : "middle";
            svg.line(x, y, x, y + 5);
            svg.text(x, y + 17, 11, anchor, PLAIN, AreaWords.hex(base + at));
        }
        y += 36;
    }

    private void legend(List<Picture> pictures) {
        if (pictures.isEmpty()) {
            return;
        }
        y += 14;
        double x = MARGIN;
        for (String name : owners.names()) {
            x = swatch(x, colour(owners.names().indexOf(name)), name);
        }
        if (pictures.stream().anyMatch(one -> AreaWords.bytes(one.area(), Use.LENT) > 0)) {
            x = swatch(x, LENT, "lent to the secure world");
        }
        if (pictures.stream().anyMatch(one -> AreaWords.bytes(one.area(), Use.PINNED) > 0)) {
            x = swatch(x, PINNED, "pinned");
        }
        swatch(x, FREE, "free");
        y += 18;
    }

    private double swatch(double x, String fill, String name) {
        double left = x;
        double width = 22 + name.length() * LETTER + 18;
        if (left + width > WIDTH - MARGIN) {
            left = MARGIN;
            y += 22;
        }
        svg.rectangle(left, y - 11, 14, 14, fill, name);
        svg.text(left + 20, y, 12, "start", PLAIN, name);
        return left + width;
    }
}
