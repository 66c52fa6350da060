package io.dmaheap.cli;

import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.cli.map.MapSvg;
import io.dmaheap.cli.map.Owners;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import io.dmaheap.cli.play.BufferFds;
import io.dmaheap.cli.play.Disturbance;
import io.dmaheap.cli.play.Event;
import io.dmaheap.cli.play.Footprint;
import io.dmaheap.cli.play.Pace;
import io.dmaheap.cli.play.Player;
import io.dmaheap.cli.play.Profile;
import io.dmaheap.cli.play.Profiles;
import io.dmaheap.cli.play.Recorder;
import io.dmaheap.cli.play.TraceFile;
import io.dmaheap.cli.play.Workbench;
import io.dmaheap.cli.play.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        abbreviateSynopsis = true,
        description = "Play what a video, camera, display or AI pipeline does with memory, and measure each step.",
        footer = {
            "",
            "Exit status: 0 all went well, 1 an allocation failed, contents were wrong or something leaked.",
            "",
            "Examples:",
            "  dmaheap play --list",
            "  dmaheap play decode-4k",
            "  dmaheap play secure-video --heap protected,secure-video",
            "  dmaheap play camera-switch --heap linux,cma --map --svg camera.svg",
            "  dmaheap play pi-h264 --heap reserved --frames 1000 --seed 7 --disturb",
            "  dmaheap play camera-multi --record camera.jsonl && dmaheap play camera.jsonl"
        })
final class PlayCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final PlayOptions options = new PlayOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    PlayCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** A workload and what it needs. */
    private record Piece(String name, Need need, Workload workload) {}

    @Override
    public Integer call() {
        var misuse = new PlayMisuse(spec.commandLine().getParseResult());
        if (options.list) {
            misuse.checkList();
            list();
            return ExitStatus.OK;
        }
        if (PlaySecureVideo.NAME.equals(options.workload)) {
            misuse.checkSecureVideo();
            checkFrames();
            return new PlaySecureVideo(invocation, options).run();
        }
        misuse.checkWorkload(invocation.json());
        Piece piece = piece(misuse);
        Footprint footprint = Footprint.of(piece.workload());
        OptionalLong fdsBefore = BufferFds.count();
        PlayReport.Run run;
        try (Heaps heaps = invocation.openToAllocate()) {
            run = play(heaps, piece, footprint);
        }
        var report = new PlayReport(piece.name(), options, footprint, run, fds(BufferFds.count()) - fds(fdsBefore));
        if (options.svg != null) {
            writeSvg(options.svg, piece.name(), run);
        }
        if (invocation.json()) {
            invocation.print(report.json());
        } else {
            report.print(invocation.out());
            if (options.map) {
                invocation.out().block(pictures(run));
            }
        }
        return report.ok() ? ExitStatus.OK : ExitStatus.PROBLEM;
    }

    private String pictures(PlayReport.Run run) {
        return run.seen()
                .map(seen -> seen.text(
                        invocation.screen().glyphs(),
                        invocation.screen().columns(),
                        invocation.screen().lineLength()))
                .orElse("\nThere is no map: nobody tells which part of the memory behind this heap is whose.\n");
    }

    private void writeSvg(Path file, String workload, PlayReport.Run run) {
        List<MapSvg.Picture> pictures =
                run.seen().map(PlayPictures.Seen::pictures).orElse(List.of());
        var owners = new Owners(pictures.stream().map(MapSvg.Picture::area).toList());
        PictureFile.write(file, MapSvg.of(workload, run.map(), pictures, owners));
        if (pictures.isEmpty()) {
            invocation
                    .err()
                    .line("dmaheap: " + file
                            + " shows the machine and no buffers: nobody tells which part of the memory behind"
                            + " this heap is whose");
        }
    }

    private static long fds(OptionalLong count) {
        return count.orElse(0);
    }

    private Piece piece(PlayMisuse misuse) {
        String what = options.workload;
        if (what == null) {
            throw new MisuseException("what to play is missing, such as decode-1080p");
        }
        if (!(options.scale > 0 && options.scale <= 1000)) {
            throw new MisuseException("--scale must be more than 0 and at most 1000, not " + options.scale);
        }
        Piece piece = what.contains("/") || what.endsWith(".jsonl") || Files.exists(Path.of(what))
                ? trace(what, misuse)
                : profile(Profiles.named(what));
        Workload workload = piece.workload().scaled(options.scale);
        workload = options.disturb ? Disturbance.of(workload, options.seed) : workload;
        return new Piece(piece.name(), piece.need(), workload);
    }

    private Piece trace(String file, PlayMisuse misuse) {
        misuse.checkTrace();
        checkRecord(Path.of(file));
        return new Piece(file, Need.any(), TraceFile.read(Path.of(file)));
    }

    private void checkRecord(Path trace) {
        try {
            if (options.record != null && Files.exists(options.record) && Files.isSameFile(trace, options.record)) {
                throw new MisuseException(
                        "--record " + options.record + " is the trace that is played: name another file");
            }
        } catch (IOException _) {
            // What cannot be read is refused where it is read.
        }
    }

    private Piece profile(Profile profile) {
        checkFrames();
        int frames = options.frames == null ? profile.frames() : options.frames;
        return new Piece(profile.name(), profile.need(), profile.workload(frames, options.seed));
    }

    private void checkFrames() {
        if (options.frames != null && options.frames < 1) {
            throw new MisuseException("--frames must be at least 1, not " + options.frames);
        }
    }

    private PlayReport.Run play(Heaps heaps, Piece piece, Footprint footprint) {
        Player finished;
        Optional<PlayPictures.Seen> seen;
        Need need = piece.need().ofSize(footprint.largest());
        try (var sources = new PlaySources(heaps, options.heap(), need, footprint.heaps());
                var player = new Player(sources);
                var progress = new PlayProgress(invocation, piece.name(), footprint.micros(), player)) {
            Workbench.warmUp(sources.apply(Optional.empty()));
            var pictures = new PlayPictures(
                    () -> sources.heap()
                            .flatMap(heap -> heaps.memoryMap()
                                    .area(heap)
                                    .filter(area -> area.extents().isPresent())),
                    () -> player.failures().counts().size());
            Consumer<Event> sink = player.andThen(pictures).andThen(progress);
            sink = options.realtime ? new Pace().andThen(sink) : sink;
            run(piece.workload(), sink);
            finished = player;
            player.close();
            seen = pictures.seen();
        }
        return new PlayReport.Run(heaps.platform(), finished, heaps.usage(), heaps.memoryMap(), seen);
    }

    private void run(Workload workload, Consumer<Event> sink) {
        if (options.record == null) {
            workload.run(sink);
            return;
        }
        try (var recorder = new Recorder(options.record)) {
            workload.run(recorder.andThen(sink));
            recorder.finish();
        }
    }

    private void list() {
        List<Profile> profiles = Profiles.all();
        if (invocation.json()) {
            invocation.print(new JsonObject()
                    .with("schema", 1)
                    .with("profiles", profiles.stream().map(this::json).toList()));
            return;
        }
        var table = new Table("PROFILE", ">BUFFERS", ">PEAK", "WHAT");
        for (Profile profile : profiles) {
            Footprint footprint = footprint(profile);
            table.row(
                    profile.name(), footprint.peakBuffers(), Sizes.text(footprint.peakBytes()), profile.description());
        }
        invocation.out().block(table.text(invocation.screen().lineLength()));
    }

    private JsonObject json(Profile profile) {
        Footprint footprint = footprint(profile);
        return new JsonObject()
                .with("name", profile.name())
                .with("description", profile.description())
                .with("frames", profile.frames())
                .with("peak", PlayReport.amount(footprint.peakBuffers(), footprint.peakBytes()))
                .with("allocated", PlayReport.amount(footprint.buffers(), footprint.totalBytes()));
    }

    private Footprint footprint(Profile profile) {
        return Footprint.of(profile.workload(profile.frames(), options.seed));
    }
}
