package io.dmaheap.cli;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.cli.map.AreaWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import io.dmaheap.cli.output.Times;
import io.dmaheap.cli.play.Failures;
import io.dmaheap.cli.play.Footprint;
import io.dmaheap.cli.play.Operation;
import io.dmaheap.cli.play.Player;
import io.dmaheap.cli.play.Profile;
import io.dmaheap.cli.play.Profiles;
import io.dmaheap.cli.play.Timings;
import io.dmaheap.cli.play.Workbench;
import io.dmaheap.cli.play.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        abbreviateSynopsis = true,
        description = "Find out how large a CMA region workloads need: play them on emulated regions of several sizes.",
        footer = {
            "",
            "A cell says what failed of the allocations, how fragmented the region was at its worst (how much of the free",
            "memory lay outside of the largest free run), and the 99th percentile of the time of an allocation.",
            "",
            "Exit status: 0 everything fits into the largest region, 1 something does not.",
            "",
            "Examples:",
            "  dmaheap fit",
            "  dmaheap fit camera-switch --region 96M,128M,160M,192M"
        })
final class FitCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROFILE",
            description = "Profiles of `dmaheap play --list`; all without any.")
    private List<String> names = List.of();

    @Option(
            names = "--region",
            split = ",",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "The sizes of the region, multiples of 2M (64M,128M,256M,512M).")
    private List<Long> sizes = List.of(64L << 20, 128L << 20, 256L << 20, 512L << 20);

    @Option(names = "--frames", paramLabel = "N", description = "Rounds of each cycle (5).")
    private int frames = 5;

    @Option(names = "--seed", paramLabel = "S", description = "Choose another sequence of random events (1).")
    private long seed = 1;

    FitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    private record Row(Profile profile, Footprint footprint, List<Cell> cells) {}

    private record Cell(long size, long failures, double fragmentation, Optional<Timings.Summary> allocate) {
        String text(long wanted) {
            return (failures == 0 ? "fits" : failures + " of " + wanted + " fail") + ", "
                    + AreaWords.percent(fragmentation)
                    + allocate.map(time -> ", " + Times.text(time.p99())).orElse("");
        }

        JsonObject json() {
            return new JsonObject()
                    .with("size", size)
                    .with("failures", failures)
                    .with("fragmentation", fragmentation)
                    .with("p99", allocate.map(Timings.Summary::p99));
        }
    }

    @Override
    public Integer call() {
        check();
        List<Profile> profiles = names.isEmpty()
                ? Profiles.all()
                : names.stream().map(Profiles::named).toList();
        List<Row> rows = rows(profiles);
        if (invocation.json()) {
            invocation.print(new JsonObject()
                    .with("schema", 1)
                    .with("seed", seed)
                    .with("profiles", rows.stream().map(FitCommand::json).toList()));
        } else {
            print(rows);
        }
        boolean fits = rows.stream().allMatch(row -> row.cells().getLast().failures() == 0);
        return fits ? ExitStatus.OK : ExitStatus.PROBLEM;
    }

    private void check() {
        if (frames < 1) {
            throw new MisuseException("--frames must be at least 1, not " + frames);
        }
        for (long size : sizes) {
            if (!RegionBoard.isPossible(size)) {
                throw new MisuseException(
                        "no CMA region has " + Sizes.text(size) + ": sizes are multiples of 2M, up to 64G");
            }
        }
    }

    private List<Row> rows(List<Profile> profiles) {
        try (var progress = new Progress(invocation, profiles.size() * sizes.size())) {
            return profiles.stream().map(profile -> row(profile, progress)).toList();
        }
    }

    private Row row(Profile profile, Progress progress) {
        Workload workload = profile.workload(frames, seed);
        Footprint footprint = Footprint.of(workload);
        List<Cell> cells = new ArrayList<>();
        for (long size : sizes.stream().sorted().toList()) {
            progress.step(profile.name() + " on " + Sizes.text(size));
            cells.add(RegionBoard.with(size, board -> play(invocation.openOn(board), workload, size)));
        }
        return new Row(profile, footprint, cells);
    }

    private static Cell play(Heaps opened, Workload workload, long size) {
        try (Heaps heaps = opened;
                Heap heap = Invocation.find(heaps, RegionBoard.REGION)) {
            Workbench.warmUp(heap::allocate);
            try (var player = new Player(_ -> heap::allocate)) {
                var pictures = new PlayPictures(
                        () -> heaps.memoryMap().area(RegionBoard.REGION),
                        () -> player.failures().counts().size());
                workload.run(player.andThen(pictures));
                return new Cell(
                        size,
                        player.failures().counts().stream()
                                .mapToLong(Failures.Count::count)
                                .sum(),
                        pictures.seen().map(PlayPictures.Seen::fragmentation).orElse(0.0),
                        Optional.ofNullable(player.bench().timings().summaries().get(Operation.ALLOCATE)));
            }
        }
    }

    private void print(List<Row> rows) {
        var table = new Table(Stream.concat(
                        Stream.of("PROFILE", ">PEAK"), sizes.stream().sorted().map(Sizes::text))
                .toArray(String[]::new));
        for (Row row : rows) {
            table.row(Stream.concat(
                            Stream.of(
                                    row.profile().name(),
                                    Sizes.text(row.footprint().peakBytes())),
                            row.cells().stream()
                                    .map(cell -> cell.text(row.footprint().buffers())))
                    .toArray());
        }
        invocation.out().block(table.text(invocation.screen().lineLength()));
    }

    private static JsonObject json(Row row) {
        return new JsonObject()
                .with("name", row.profile().name())
                .with(
                        "peak",
                        PlayReport.amount(
                                row.footprint().peakBuffers(), row.footprint().peakBytes()))
                .with(
                        "allocated",
                        PlayReport.amount(
                                row.footprint().buffers(), row.footprint().totalBytes()))
                .with("regions", row.cells().stream().map(Cell::json).toList());
    }
}
