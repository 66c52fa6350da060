package io.dmaheap.cli;

import io.dmaheap.cli.secure.FrameSize;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to play, and how. */
final class PlayOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROFILE",
            description = "A profile of `dmaheap play --list`, a trace file, or secure-video.")
    @Nullable
    String workload;

    @Option(names = "--list", description = "Show the profiles.")
    boolean list;

    @Option(
            names = "--heap",
            paramLabel = "NAME",
            description = "Take all buffers from this heap; auto chooses by what the profile needs (the default).")
    @Nullable
    String heap;

    @Option(names = "--frames", paramLabel = "N", description = "Rounds of each cycle, instead of the profile's own.")
    @Nullable
    Integer frames;

    @Option(
            names = "--scale",
            paramLabel = "F",
            description = "Multiply every size by F, such as 0.25, to fit a small pool.")
    double scale = 1;

    @Option(names = "--seed", paramLabel = "S", description = "Choose another sequence of random events (1).")
    long seed = 1;

    @Option(names = "--disturb", description = "Free one buffer in twenty early, and let a client crash once a minute.")
    boolean disturb;

    @Option(names = "--realtime", description = "Keep to the rates of the workload instead of hurrying through.")
    boolean realtime;

    @Option(names = "--record", paramLabel = "FILE", description = "Write what is played into a trace file.")
    @Nullable
    Path record;

    @Option(
            names = "--frame",
            paramLabel = "WIDTHxHEIGHT",
            converter = FrameSizeConverter.class,
            description = "The pictures of secure-video; without it the largest usual size that fits.")
    @Nullable
    FrameSize frame;

    @Option(names = "--map", description = "Draw the heap's area as it was before, at its worst and after.")
    boolean map;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write these drawings into a picture.")
    @Nullable
    Path svg;

    Optional<String> heap() {
        return Optional.ofNullable(heap);
    }
}
