package io.dmaheap.cli;

import io.dmaheap.MemoryArea;
import io.dmaheap.cli.map.AreaText;
import io.dmaheap.cli.map.AreaWords;
import io.dmaheap.cli.map.Glyphs;
import io.dmaheap.cli.map.MapSvg;
import io.dmaheap.cli.map.Owners;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.play.Event;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an area after every event that changes it. Looking happens between the measured operations. Used by one thread.
 */
final class PlayPictures implements Consumer<Event> {
    private final Supplier<Optional<MemoryArea>> area;
    private final IntSupplier failures;
    private final @Nullable MemoryArea before;
    private @Nullable MemoryArea worst;
    private boolean failed;
    private double worstFragmentation;

    /**
     * What was seen.
     *
     * @param before the area before anything was played
     * @param worst at the first allocation that failed, else when the largest free run was smallest
     * @param failed whether {@code worst} is where an allocation failed
     * @param after the area after everything was given back
     * @param fragmentation the worst of all, from 0 to 1
     */
    record Seen(MemoryArea before, MemoryArea worst, boolean failed, MemoryArea after, double fragmentation) {
        /** The three moments with their names. */
        List<MapSvg.Picture> pictures() {
            return List.of(
                    new MapSvg.Picture("Before", before),
                    new MapSvg.Picture(
                            failed ? "When the first allocation failed" : "When its largest free run was smallest",
                            worst),
                    new MapSvg.Picture("After", after));
        }

        /** The three moments, drawn. */
        String text(Glyphs glyphs, int columns, int lineLength) {
            var drawing = new AreaText(
                    new Owners(pictures().stream().map(MapSvg.Picture::area).toList()), glyphs, columns, lineLength);
            return pictures().stream()
                    .map(one -> "\n" + drawing.of(one.caption() + ": ", one.area()))
                    .collect(Collectors.joining());
        }

        /** One line. */
        String words() {
            return worst.name() + ", worst fragmentation " + AreaWords.percent(fragmentation)
                    + (failed ? "; when the first allocation failed, free: " : "; at its tightest, free: ")
                    + AreaWords.free(worst);
        }

        JsonObject json() {
            return new JsonObject()
                    .with("area", worst.name())
                    .with("size", worst.size())
                    .with("fragmentation", fragmentation)
                    .with("worst", MapJson.drawn(worst));
        }
    }

    /**
     * Takes the first look.
     *
     * @param area what to look at; empty on a machine that does not tell
     * @param failures how many allocations have failed so far
     */
    PlayPictures(Supplier<Optional<MemoryArea>> area, IntSupplier failures) {
        this.area = area;
        this.failures = failures;
        this.before = area.get().orElse(null);
        this.worst = before;
    }

    @Override
    public void accept(Event event) {
        if (before != null && !(event instanceof Event.Use)) {
            area.get().ifPresent(this::compare);
        }
    }

    private void compare(MemoryArea now) {
        boolean failsNow = !failed && failures.getAsInt() > 0;
        if (failsNow || (!failed && isTighter(now))) {
            worst = now;
        }
        failed |= failsNow;
        worstFragmentation = Math.max(worstFragmentation, now.fragmentation());
    }

    private boolean isTighter(MemoryArea now) {
        return worst == null || now.largestFreeRun() < worst.largestFreeRun();
    }

    /** Takes the last look. */
    Optional<Seen> seen() {
        if (before == null) {
            return Optional.empty();
        }
        return area.get()
                .map(after -> new Seen(before, Objects.requireNonNull(worst), failed, after, worstFragmentation));
    }
}
