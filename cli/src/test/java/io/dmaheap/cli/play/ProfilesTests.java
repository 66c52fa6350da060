package io.dmaheap.cli.play;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProfilesTests {

    @Test
    void picturesHaveTheSizesOfTheirFormats() {
        assertThat(Frames.NV12_720P).isEqualTo(1_382_400);
        assertThat(Frames.NV12_1080P).isEqualTo(3_110_400);
        assertThat(Frames.NV12_1080P_BLOCKS).isEqualTo(3_133_440);
        assertThat(Frames.NV12_2160P).isEqualTo(12_441_600);
        assertThat(Frames.ARGB_1080P).isEqualTo(8_294_400);
        assertThat(Frames.argb(3840, 2160)).isEqualTo(33_177_600);
        assertThat(Frames.raw10(4000, 3000)).isEqualTo(15_000_000);
        assertThat(Frames.raw16(4000, 3000)).isEqualTo(24_000_000);
        assertThat(Frames.raw10(640, 480)).isEqualTo(384_000);
        assertThat(Frames.p010(1920, 1088)).isEqualTo(6_266_880);
    }

    @ParameterizedTest
    @CsvSource({
        "decode-720p, 16, 22118400",
        "decode-1080p, 16, 50135040",
        "decode-4k, 16, 199065600",
        "decode-1080p-worst, 23, 121900000",
        "decode-4k-worst, 18, 553200000",
        "decode-rockchip, 22, 68935680",
        "pi-h264, 20, 62668800",
        "adaptive, 32, 249200640",
        "transcode, 20, 53268480",
        "camera-preview, 8, 24883200",
        "camera-burst, 10, 240000000",
        "camera-multi, 18, 34713600",
        "display, 9, 74649600",
        "gpu-app-start, 50, 156581888",
        "app-switch, 50, 13107200",
        "texture-cache, 100, 104857600",
        "npu, 8, 269647872",
        "model-load, 32, 1073741824",
        "video-call, 19, 47001600",
        "capture-to-disk, 2, 268435456"
    })
    void peaksAreThoseOfRealPipelines(String name, long buffers, long bytes) {
        Profile profile = Profiles.named(name);
        Footprint footprint = Footprint.of(profile.workload(profile.frames(), 1));
        assertThat(footprint.peakBuffers()).isEqualTo(buffers);
        assertThat(footprint.peakBytes()).isEqualTo(bytes);
    }

    @Test
    void namesAreUnique() {
        assertThat(Profiles.all()).extracting(Profile::name).doesNotHaveDuplicates();
    }

    static Stream<Profile> all() {
        return Profiles.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyBufferIsAllocatedOnceFreedOnceAndUsedOnlyBetween(Profile profile) {
        Set<String> live = new HashSet<>();
        Set<String> ever = new HashSet<>();
        profile.workload(7, 3).run(event -> {
            switch (event) {
                case Event.Allocate one -> {
                    assertThat(ever.add(one.id())).isTrue();
                    live.add(one.id());
                }
                case Event.Use use -> assertThat(live).contains(use.id());
                case Event.Free free -> assertThat(live.remove(free.id())).isTrue();
                case Event.Crash crash -> throw new AssertionError("profiles do not crash");
            }
        });
        assertThat(live).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    void timeNeverRunsBackwardsAndSeedsRepeat(Profile profile) {
        List<Event> first = events(Disturbance.of(profile.workload(20, 11), 11));
        assertThat(events(Disturbance.of(profile.workload(20, 11), 11))).isEqualTo(first);
        assertThat(first).extracting(Event::micros).isSorted();
    }

    @Test
    void anotherSeedGivesAnotherSequence() {
        Profile profile = Profiles.named("texture-cache");
        assertThat(events(profile.workload(5, 1))).isNotEqualTo(events(profile.workload(5, 2)));
    }

    @Test
    void roundsComeAtTheirRateWithALittleDelay() {
        List<Event> uses = events(Profiles.named("decode-4k").workload(31, 1)).stream()
                .filter(Event.Use.class::isInstance)
                .toList();
        assertThat(uses).hasSize(31);
        assertThat(uses.getLast().micros()).isBetween(1_001_000L, 1_003_000L);
    }

    @Test
    void scalingChangesSizesOnly() {
        Profile profile = Profiles.named("decode-4k");
        Footprint half = Footprint.of(profile.workload(2, 1).scaled(0.5));
        assertThat(half.peakBuffers()).isEqualTo(16);
        assertThat(half.peakBytes()).isEqualTo(199_065_600 / 2);
    }

    @Test
    void disturbancesFreeEarlyCrashAndStillEndWithNothing() {
        List<Event> disturbed =
                events(Disturbance.of(Profiles.named("video-call").workload(2000, 1), 1));
        assertThat(disturbed).anyMatch(Event.Crash.class::isInstance);
        long allocations =
                disturbed.stream().filter(Event.Allocate.class::isInstance).count();
        assertThat(allocations).isBetween(300L, 500L); // 19, and a twentieth of 8000 uses
        var check = new TraceCheck();
        disturbed.forEach(check);
    }

    static List<Event> events(Workload workload) {
        List<Event> events = new ArrayList<>();
        workload.run(events::add);
        return events;
    }
}
