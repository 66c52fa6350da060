package io.dmaheap.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to play, and how. */
final class PlayOptions {
    @Nullable
    String workload;

    boolean list;

    @Nullable
    String heap;

    @Nullable
    Integer frames;

    double scale = 1;
    long seed = 1;
    boolean disturb;
    boolean realtime;

    @Nullable
    Path record;

    Syntax addTo(Syntax syntax) {
        return syntax.operand(
                        "PROFILE",
                        false,
                        "A profile of `dmaheap play --list`, or a trace file.",
                        word -> workload = word)
                .flag("--list", "Show the profiles.", () -> list = true)
                .option(
                        "--heap",
                        "NAME",
                        "Take all buffers from this heap; auto chooses by what the profile needs (the default).",
                        name -> heap = name)
                .option(
                        "--frames",
                        "N",
                        "Rounds of each cycle, instead of the profile's own.",
                        text -> frames = Numbers.atLeast(1, text))
                .option(
                        "--scale",
                        "F",
                        "Multiply every size by F, such as 0.25, to fit a small pool.",
                        text -> scale = factor(text))
                .option("--seed", "S", "Choose another sequence of random events (1).", text -> seed = whole(text))
                .flag(
                        "--disturb",
                        "Free one buffer in twenty early, and let a client crash once a minute.",
                        () -> disturb = true)
                .flag(
                        "--realtime",
                        "Keep to the rates of the workload instead of hurrying through.",
                        () -> realtime = true)
                .option("--record", "FILE", "Write what is played into a trace file.", file -> record = Path.of(file));
    }

    private static double factor(String text) {
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value <= 1000) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with the bounds
        }
        throw new IllegalArgumentException("'" + text + "' is no number above 0 and up to 1000");
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no whole number", e);
        }
    }

    Optional<String> heap() {
        return Optional.ofNullable(heap);
    }
}
