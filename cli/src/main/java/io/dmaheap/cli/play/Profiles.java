package io.dmaheap.cli.play;

import static io.dmaheap.cli.play.Frames.ARGB_1080P;
import static io.dmaheap.cli.play.Frames.KIB;
import static io.dmaheap.cli.play.Frames.MIB;
import static io.dmaheap.cli.play.Frames.NV12_1080P;
import static io.dmaheap.cli.play.Frames.NV12_1080P_BLOCKS;
import static io.dmaheap.cli.play.Frames.NV12_2160P;
import static io.dmaheap.cli.play.Frames.NV12_540P_BLOCKS;
import static io.dmaheap.cli.play.Frames.NV12_720P;
import static io.dmaheap.cli.play.Step.burst;
import static io.dmaheap.cli.play.Step.cycle;
import static io.dmaheap.cli.play.Step.free;
import static io.dmaheap.cli.play.Step.repeat;

import io.dmaheap.Need;
import io.dmaheap.Trait;
import io.dmaheap.cli.output.Near;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The profiles that come with the command. Counts, sizes and rates are those of real pipelines; docs/traces.md says whose. */
public final class Profiles {
    private static final Need ANY = Need.any();
    private static final Need CONTIGUOUS = Need.any().require(Trait.CONTIGUOUS);
    private static final Need RATHER_CONTIGUOUS = Need.any().prefer(Trait.CONTIGUOUS);
    private static final Need SECURE_VIDEO = Need.any().forUseCase("secure-video");
    /** Ten seconds at 30 frames a second. */
    private static final int TEN_SECONDS = 300;

    private static final List<Profile> ALL = Stream.of(video(), camera(), graphics(), learning())
            .flatMap(List::stream)
            .toList();

    private Profiles() {}

    /** All of them, related ones together. */
    public static List<Profile> all() {
        return ALL;
    }

    /** The profile of that name. */
    public static Profile named(String name) {
        return ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInputException("there is no profile or trace file " + name
                        + Near.hint(name, ALL.stream().map(Profile::name).toList()) + "; try: dmaheap play --list"));
    }

    private static Profile decoder(String name, String description, int count, long size) {
        return new Profile(
                name, description, ANY, TEN_SECONDS, List.of(burst("frame", count, size), cycle(30, "frame")));
    }

    private static List<Profile> video() {
        return List.of(
                decoder("decode-720p", "decoder, 16 frames NV12 1280x720", 16, NV12_720P),
                decoder("decode-1080p", "decoder, 16 frames NV12 1920x1088", 16, NV12_1080P_BLOCKS),
                decoder("decode-4k", "decoder, 16 frames NV12 3840x2160", 16, NV12_2160P),
                decoder("decode-1080p-worst", "decoder, worst case of an AMD VCU: 23 frames", 23, 5_300_000),
                new Profile(
                        "decode-4k-worst",
                        "decoder, worst case of an AMD VCU: frames, references, bitstream",
                        ANY,
                        TEN_SECONDS,
                        List.of(
                                burst("frame", 12, 21_100_000),
                                burst("reference", 5, 44_000_000),
                                burst("bitstream", 1, 80_000_000),
                                cycle(30, "frame", "bitstream"))),
                decoder(
                        "decode-rockchip",
                        "decoder, 22 frames at once before the first picture",
                        22,
                        NV12_1080P_BLOCKS),
                new Profile(
                        "pi-h264",
                        "Raspberry Pi H.264 decoder, 20 contiguous frames",
                        CONTIGUOUS,
                        TEN_SECONDS,
                        List.of(burst("frame", 20, NV12_1080P_BLOCKS), cycle(30, "frame"))),
                new Profile(
                        "adaptive",
                        "stream that changes 720p > 1080p > 4K > 1080p, new frames before the old go",
                        ANY,
                        60,
                        List.of(
                                burst("720p", 16, NV12_720P),
                                cycle(30, "720p"),
                                burst("1080p", 16, NV12_1080P_BLOCKS),
                                free("720p"),
                                cycle(30, "1080p"),
                                burst("4k", 16, NV12_2160P),
                                free("1080p"),
                                cycle(30, "4k"),
                                burst("1080p", 16, NV12_1080P_BLOCKS),
                                free("4k"),
                                cycle(30, "1080p"))),
                new Profile(
                        "transcode",
                        "16 decoded frames, 4 half-size frames to encode",
                        ANY,
                        TEN_SECONDS,
                        List.of(
                                burst("decoded", 16, NV12_1080P_BLOCKS),
                                burst("encode", 4, NV12_540P_BLOCKS),
                                cycle(30, "decoded", "encode"))),
                new Profile(
                        "encode-quad",
                        "4 encoders of 1080p with 10 bits, 12 frames each",
                        ANY,
                        TEN_SECONDS,
                        List.of(
                                burst("a", 12, Frames.p010(1920, 1088)),
                                burst("b", 12, Frames.p010(1920, 1088)),
                                burst("c", 12, Frames.p010(1920, 1088)),
                                burst("d", 12, Frames.p010(1920, 1088)),
                                cycle(30, "a", "b", "c", "d"))),
                new Profile(
                        "secure-playback",
                        "protected decoder, 8 frames 1080p and a 4 MiB bitstream ring",
                        SECURE_VIDEO,
                        TEN_SECONDS,
                        List.of(
                                burst("frame", 8, NV12_1080P_BLOCKS),
                                burst("bitstream", 1, 4 * MIB),
                                cycle(30, "frame", "bitstream"))),
                new Profile(
                        "video-call",
                        "camera 4, encoder 4, decoder 8 at 720p, display 3",
                        ANY,
                        TEN_SECONDS,
                        List.of(
                                burst("camera", 4, NV12_720P),
                                burst("encoder", 4, NV12_720P),
                                burst("decoder", 8, NV12_720P),
                                burst("display", 3, ARGB_1080P),
                                cycle(30, "camera", "encoder", "decoder", "display"))));
    }

    private static List<Profile> camera() {
        long preview = Frames.raw10(4624, 3472);
        long still = Frames.raw10(9152, 6944);
        return List.of(
                new Profile(
                        "camera-preview",
                        "8 frames NV12 1920x1080",
                        ANY,
                        TEN_SECONDS,
                        List.of(burst("preview", 8, NV12_1080P), cycle(30, "preview"))),
                new Profile(
                        "camera-burst",
                        "10 pictures RAW16 4000x3000 within two seconds",
                        ANY,
                        10,
                        List.of(burst("raw", 10, Frames.raw16(4000, 3000)), cycle(10, "raw"))),
                new Profile(
                        "camera-multi",
                        "8 video 1080p, 6 preview 720p, 4 analysis RAW10 640x480",
                        ANY,
                        TEN_SECONDS,
                        List.of(
                                burst("video", 8, NV12_1080P),
                                burst("preview", 6, NV12_720P),
                                burst("analysis", 4, Frames.raw10(640, 480)),
                                cycle(30, "video", "preview", "analysis"))),
                new Profile(
                        "camera-switch",
                        "10 times between 4624x3472 and 9152x6944, while the screen keeps one frame: fragments a CMA region",
                        CONTIGUOUS,
                        5,
                        repeat(
                                10,
                                burst("preview", 3, preview),
                                burst("shown", 1, NV12_1080P),
                                cycle(30, "preview"),
                                free("preview"),
                                burst("still", 1, still),
                                cycle(30, "still"),
                                free("still"),
                                free("shown"))),
                new Profile(
                        "capture-to-disk",
                        "two halves of 128 MiB in turn",
                        ANY,
                        10,
                        List.of(burst("half", 2, 128 * MIB), cycle(1, "half"))));
    }

    private static List<Profile> graphics() {
        List<Step> display = new ArrayList<>(List.of(burst("screen", 3, ARGB_1080P), cycle(60, "screen")));
        display.addAll(repeat(20, free("screen"), burst("screen", 3, ARGB_1080P)));
        display.addAll(List.of(burst("layer", 6, ARGB_1080P), cycle(60, "screen", "layer")));
        List<Step> resizes = new ArrayList<>(List.of(burst("window", 10, ARGB_1080P)));
        for (int width = 1000; width <= 1900; width += 100) {
            resizes.add(new Step.Burst("window", List.of(Frames.argb(width, 1080), Frames.argb(width, 1080))));
            resizes.add(new Step.Free("window", 2));
            resizes.add(cycle(60, "window"));
        }
        return List.of(
                new Profile(
                        "display",
                        "3 screens ARGB 1920x1080 at 60/s, 20 rotations, then 6 layers",
                        RATHER_CONTIGUOUS,
                        120,
                        display),
                new Profile("compositor", "10 windows of 8 MB in a storm of resizes", ANY, 6, resizes),
                new Profile(
                        "gpu-app-start",
                        "50 buffers from 4 KiB to 16 MiB",
                        ANY,
                        1,
                        List.of(burst(
                                "gpu", 50, List.of(4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB)))),
                new Profile(
                        "gpu-firmware",
                        "30 sections at probe, then 8 queues and their suspend buffers",
                        ANY,
                        30,
                        List.of(
                                burst("section", 30, List.of(4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 2 * MIB)),
                                burst("queue", 8, 8 * KIB),
                                burst("suspend", 8, 64 * KIB),
                                cycle(30, "queue"))),
                new Profile(
                        "app-switch",
                        "50 buffers of 256 KiB, freed and allocated 10 times",
                        ANY,
                        1,
                        repeat(10, burst("app", 50, 256 * KIB), free("app"))),
                new Profile(
                        "texture-cache",
                        "100 textures of 1 MiB, 30 % of them replaced 10 times a second",
                        ANY,
                        20,
                        List.of(burst("texture", 100, MIB), new Step.Refill("texture", 30, 10))));
    }

    private static List<Profile> learning() {
        return List.of(
                new Profile(
                        "npu",
                        "256 MiB model in chunks of 64 MiB, then 1000 inferences",
                        ANY,
                        1000,
                        List.of(
                                burst("model", 4, 64 * MIB),
                                burst("input", 2, 224L * 224 * 3 * Float.BYTES),
                                burst("output", 2, 4 * KIB),
                                cycle(30, "input", "output"))),
                new Profile(
                        "model-load",
                        "1 GiB model file in 32 buffers of 32 MiB",
                        ANY,
                        1,
                        List.of(burst("file", 32, 32 * MIB))));
    }
}
