package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.emulated;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command once, on the emulator. */
class CommandTests {

    @TempDir
    private Path folder;

    @Test
    void listShowsTheSystemHeapAndThePlatform() {
        var result = emulated("list");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("platform: emulator (")
                .containsPattern("(?m)^system +scattered +cached, zeroed .* yes ");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void showKnowsHowToUseAHeap() {
        var result = emulated("show", "system");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^usable +yes$")
                .containsPattern("(?m)^contiguous +no$")
                .contains("dmaheap alloc --heap system --size 1M");
    }

    @Test
    void allocTellsWhatADeviceCanUseAndWhatItCannot() {
        var result = emulated("alloc", "--size", "300M", "--used-by", "decoder", "--explain");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out())
                .containsPattern("(?m)^system +refused +decoder can never use this memory: it takes 256 segments, and")
                .containsPattern("(?m)^video@68000000 +refused +its whole pool is 33554432 bytes");
        assertThat(emulated("alloc", "--size", "8M", "--require-usable-by", "decoder", "--explain")
                        .out())
                .containsPattern("(?m)^video@68000000 +taken +set aside for decoder$")
                .contains("1 x 8 MiB from video@68000000");
    }

    @Test
    void aMisspeltDeviceIsGuessed() {
        var result = emulated("alloc", "--size", "1M", "--used-by", "Dekoder,camera");
        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("no device here is called Dekoder, did you mean decoder?");
        assertThat(emulated("alloc", "--size", "1M", "--require-usable-by", "DEKODER")
                        .err())
                .contains("did you mean decoder");
    }

    @Test
    void allocExplainsItsChoiceAndTimesEachStep() {
        var result = emulated("alloc", "--size", "8M", "--explain");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^system +taken +any memory will do$")
                .containsPattern("(?m)^video@68000000 +would do +any memory will do$")
                .contains("1 x 8 MiB from system: memory file (memfd)")
                .containsPattern("(?m)^allocate +[0-9.]+ .s$")
                .containsPattern("(?m)^first touch +[0-9.]+ .s$")
                .containsPattern("(?m)^close +[0-9.]+ .s$");
    }

    @Test
    void aBufferForVideoNeverComesFromAnotherProtectorThanTheFirst() {
        var result = emulated("alloc", "--use-case", "secure-video", "--size", "16M", "--count", "20", "--explain");
        assertThat(result.status()).as(result.out()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out())
                .containsPattern("(?m)^restricted_mtk_cm +failed")
                .containsPattern("(?m)^restricted_mtk_cma +failed")
                .containsPattern("(?m)^protected,secure-video +refused +another protection than restricted_mtk_cm: .*"
                        + "by .*linaro and not by .*mtk; name it to use it$")
                .doesNotContainPattern("(?m)^protected,secure-video +failed");
        var named = emulated(
                "alloc",
                "--use-case",
                "secure-video",
                "--protected-by",
                "heaps-restricted-linaro",
                "--protection",
                "inaccessible",
                "--size",
                "1M",
                "--json");
        assertThat(named.json().get("heap").getAsString()).isEqualTo("protected,secure-video");
    }

    @Test
    void everyHeapThatBuffersCameFromIsNamed() {
        var result = emulated("alloc", "--use-case", "secure-video", "--size", "16M", "--count", "3");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^2 x 16 MiB from restricted_mtk_cm: ")
                .containsPattern("(?m)^1 x 16 MiB from restricted_mtk_cma: ");
    }

    @Test
    void severalBuffersGivePercentiles() {
        var result = emulated("alloc", "--size=64K", "--count=5", "--heap=system");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^OPERATION +COUNT +P50 +P95 +P99 +MAX$")
                .containsPattern("(?m)^allocate +5 ");
    }

    @Test
    void playReportsBuffersContentsFailuresAndLeaks() {
        var result = emulated("play", "decode-720p", "--frames", "3");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .startsWith("decode-720p on emulator: 16 buffers, at most 16 with 21.09 MiB at a time, seed 1\n")
                .contains("  16 from system: memory file (memfd)")
                .containsPattern("(?m)^recycle +3 ")
                .contains("all zero\nfailures  none\nleaks     none\n");
    }

    @Test
    void aRecordedTracePlaysLikeTheProfileItCameFrom() throws IOException {
        Path trace = folder.resolve("camera.jsonl");
        var recorded = emulated(
                "play", "camera-preview", "--frames", "4", "--disturb", "--seed", "5", "--record", trace.toString());
        var played = emulated("play", trace.toString());
        assertThat(recorded.status()).isZero();
        assertThat(played.status()).isZero();
        assertThat(Files.readAllLines(trace))
                .hasSizeGreaterThanOrEqualTo(8 + 4 + 8)
                .allMatch(line -> line.startsWith("{\"t\":"));
        assertThat(played.out().lines().skip(1).limit(1))
                .isEqualTo(recorded.out().lines().skip(1).limit(1).toList());
    }

    @Test
    void aTraceIsNotRecordedOverItself() throws IOException {
        Path trace = folder.resolve("t.jsonl");
        assertThat(emulated("play", "decode-720p", "--frames", "2", "--record", trace.toString())
                        .status())
                .isZero();
        String recorded = Files.readString(trace);
        Path link = Files.createSymbolicLink(folder.resolve("link"), trace);
        var result = emulated("play", trace.toString(), "--record", link.toString());
        assertThat(result.err())
                .startsWith("dmaheap: --record " + link + " is the trace that is played: name another file")
                .hasLineCount(1);
        assertThat(trace).hasContent(recorded);
    }

    @Test
    void playListsEveryProfileInOneLine() {
        var result = emulated("play", "--list");
        assertThat(result.status()).isZero();
        assertThat(result.out().lines().filter(line -> line.startsWith("decode-4k ")))
                .singleElement()
                .asString()
                .contains("189.8 MiB");
    }

    @Test
    void tooLargeAWorkloadFailsKindly() {
        var result = emulated("play", "decode-4k", "--scale", "1000", "--heap", "system");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out())
                .containsPattern("16 x (LIMIT_EXCEEDED|OUT_OF_MEMORY), first: ")
                .contains("Try --scale 0.25")
                .contains("leaks     none");
    }

    @Test
    void aWorkloadThatFitsNoPoolIsToldSo() {
        var result = emulated("play", "decode-4k", "--scale", "1000");
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(result.err())
                .contains("system: its whole pool is")
                .contains("Try a smaller --scale")
                .hasLineCount(1);
    }

    @Test
    void pluginListShowsWhatEachBrings() {
        var result = emulated("plugin", "list", "--start");
        assertThat(result.status()).isZero();
        assertThat(result.out()).containsPattern("(?m)^\\S*heaps.system +\\S+ +started +system");
    }

    @Test
    void pluginListStartsNoneUnlessItIsTold() {
        var result = emulated("plugin", "list");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^\\S*heaps.system +\\S+ +resolved ")
                .doesNotContain("started", "HEAPS");
    }

    @Test
    void doctorJudgesAndSums() {
        var result = emulated("doctor");
        assertThat(result.out())
                .containsPattern("(?m)^OK    emulator: ")
                .containsPattern("(?m)^\\d+ ok, \\d+ info, \\d+ warnings?, \\d+ failures?$");
    }

    @Test
    void whatDoesNotWorkIsAWarningWhereAHeapCanBeUsedAndAFailureWhereNoneCan() {
        var result = emulated("doctor");
        assertThat(result.status()).isLessThan(ExitStatus.CANNOT_WORK);
        assertThat(result.out()).contains(" 0 failures");
        var nowhere = Calls.call(Machine.THIS, "doctor", "--platform", "mars");
        assertThat(nowhere.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(nowhere.out()).contains("FAIL  open: there is no platform mars");
    }

    @Test
    void boardShowsRegionsDevicesAndFirmware() {
        var result = emulated("board");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .startsWith("dmaheap standard board, on the platform emulator\n")
                .containsPattern("(?m)^0x78000000 +128 MiB +■+ +linux,cma +CMA, default +default_cma_region$")
                .containsPattern("(?m)^0x52000000 +16 MiB +■ +sdp@52000000 +carveout, no-map, for protection ")
                .containsPattern("(?m)^camera +32 bits +1 +any +camera@64000000 ")
                .contains("firmware: OP-TEE at /firmware/optee");
    }

    @Test
    void boardNamesTheNodeThatIsWrongAndWhatToChange() throws IOException {
        Path tree = Files.writeString(folder.resolve("bad.dts"), """
                /dts-v1/;
                / {
                  model = "bad board"; #address-cells = <1>; #size-cells = <1>;
                  memory@40000000 { device_type = "memory"; reg = <0x40000000 0x10000000>; };
                  reserved-memory {
                    #address-cells = <1>; #size-cells = <1>; ranges;
                    video@90000000 { compatible = "shared-dma-pool"; reusable; reg = <0x90000000 0x1000000>; };
                  };
                };
                """);
        var result = emulated("board", "--board", tree.toString());
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out())
                .startsWith("bad board, ")
                .contains("\n/reserved-memory/video@90000000: ")
                .contains("      fix: ");
    }

    @Test
    void mapDrawsTheAreaBehindAHeapByAnyOfItsNames() {
        var result = emulated("map", "--heap", "linux,cma");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .startsWith("linux,cma, CMA, default, 128 MiB at 0x78000000, heap default_cma_region\n")
                .contains("░  free            128 MiB in one run");
        assertThat(emulated("map", "--heap", "system").out())
                .startsWith("memory, ordinary, 256 MiB at 0x40000000, heap system\n");
        assertThat(emulated("map").out()).contains("TO SCALE").contains("unknown: ");
    }

    @Test
    void playShowsWhyTheCameraSwitchFailsWithNearlyAllMemoryFree() throws IOException {
        Path picture = folder.resolve("camera.svg");
        var result = emulated(
                "play", "camera-switch", "--heap", "linux,cma", "--frames", "1", "--map", "--svg", picture.toString());
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out())
                .containsPattern(
                        "memory +linux,cma, worst fragmentation 48 %; when the first allocation failed, free: 125")
                .contains("\nBefore: linux,cma", "\nWhen the first allocation failed: linux,cma", "\nAfter: linux,cma")
                .contains("  a  shown           2.97 MiB");
        assertThat(Files.readString(picture)).contains("When the first allocation failed");
        var whole = emulated("play", "decode-720p", "--heap", "linux,cma", "--frames", "1", "--map");
        assertThat(whole.out())
                .contains("\nWhen its largest free run was smallest: ")
                .contains("16 buffers");
    }

    @Test
    void fitFindsTheSizeFromWhichAWorkloadWorks() {
        var result = emulated("fit", "camera-switch", "--region", "256M,128M", "--frames", "1");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^PROFILE +PEAK +128 MiB +256 MiB$")
                .containsPattern("(?m)^camera-switch +78.73 MiB +10 of 50 fail, 48 %, .* fits, 34 %, ");
        assertThat(emulated("fit", "npu", "--region", "2M", "--frames", "1").status())
                .isEqualTo(ExitStatus.PROBLEM);
    }

    @Test
    void whereNobodyTellsWhoseMemoryItIsThereIsNoMap() {
        String svg = folder.resolve("system.svg").toString();
        var result = emulated("play", "decode-720p", "--heap", "system", "--frames", "1", "--map", "--svg", svg);
        assertThat(result.err())
                .startsWith("dmaheap: " + svg + " shows the machine and no buffers: ")
                .hasLineCount(1);
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("There is no map: ").doesNotContain("\nmemory ");
    }

    @Test
    void doctorSaysOfEachProtectedUseWhichHeapServesItOrWhatIsMissing() throws IOException {
        assertThat(emulated("doctor").out())
                .containsPattern("(?m)^OK    protected secure-video: .*protected,secure-video")
                .contains("OK    protected trusted-ui: protected,trusted-ui");
        Path tree = Files.writeString(folder.resolve("plain.dts"), """
                /dts-v1/;
                / {
                  #address-cells = <1>; #size-cells = <1>;
                  memory@40000000 { device_type = "memory"; reg = <0x40000000 0x10000000>; };
                };
                """);
        var plain = emulated("doctor", "--board", tree.toString());
        assertThat(plain.status()).as("an ordinary machine").isZero();
        assertThat(plain.out())
                .containsPattern(
                        "INFO  protected secure-video: no heap; no TEE, no firmware .*, no region known for protection, plugins"
                                + " that found nothing to offer: .*")
                .containsPattern("      fix: TEE: .*; firmware: .*; region: .*");
    }

    /** Everywhere but on a kernel that has the heaps: there the subjects are the same. */
    @Test
    void doctorSaysWhatProtectedUsesLackWhereNothingCanBeOpened() {
        var result = Calls.call(Machine.THIS, "doctor", "--platform", "linux");
        assertThat(result.out())
                .containsPattern("(?m)^(OK|INFO|WARN) +protected secure-video: ")
                .containsPattern("(?m)^(OK|INFO|WARN) +protected trusted-ui: ")
                .containsPattern("(?m)^(OK|INFO|WARN) +protected secure-video-record: ")
                .as("the plugins are there")
                .doesNotContain("Put the heaps-* jars");
    }

    @Test
    void devicesShowWhatTheyCanUseAndHowFarTheAccessListsLetThem() {
        var result = emulated("devices");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .containsPattern("(?m)^camera +32 bits +1 +any +no +camera@64000000 +camera@64000000 .*"
                        + "protected,secure-video\\(write\\) .* dmaheap,isp at /soc/isp@15000000$")
                .containsPattern("(?m)^display .* protected,secure-video\\(read\\) ")
                .containsPattern("(?m)^decoder .* protected,secure-video .*restricted_mtk_cm ")
                .doesNotContain("not tried");
        assertThat(emulated("devices", "-no", "name,heaps").out()).doesNotContainPattern("(?m)^cpu .*protected");
        assertThat(emulated("devices", "--json").json().getAsJsonArray("devices"))
                .hasSize(8);
        assertThat(Calls.call(Calls.machine(new FakeHeaps()), "devices").out()).startsWith("No device is known");
    }

    @Test
    void awaitEndsWhenTheHeapIsThereOrTheTimeIsOver() {
        assertThat(emulated("await", "system").out()).isEqualTo("system is there\n");
        assertThat(emulated("await", "linux,cma", "-j")
                        .json()
                        .getAsJsonObject("heap")
                        .get("name")
                        .getAsString())
                .isEqualTo("default_cma_region");
        var never = emulated("await", "sytem", "--timeout", "10ms");
        assertThat(never.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(never.err())
                .startsWith("dmaheap: ")
                .contains("sytem", "Did you mean system?")
                .hasLineCount(1);
        assertThat(emulated("await", "x", "--timeout", "soon").err())
                .contains("'soon' is no time: write 500ms, 30s, 5m or 1h");
    }

    @Test
    void dumpWorksWhereNobodyHoldsABuffer() {
        assertThat(emulated("dump").status()).isZero();
    }

    @Test
    void jsonHasAShortNameAsWell() {
        assertThat(emulated("show", "system", "-j").out())
                .startsWith("{")
                .isEqualTo(emulated("show", "system", "--json").out());
    }

    @Test
    void helpOfEveryCommandShowsExamples() {
        for (String command :
                Dmaheap.names().stream().filter(name -> !name.equals("plugin")).toList()) {
            var result = emulated(command, "--help");
            assertThat(result.status()).as(command).isZero();
            assertThat(result.out())
                    .as(command)
                    .startsWith("Usage: dmaheap " + command)
                    .contains("\nExamples")
                    .contains("  dmaheap " + command);
            assertThat(Calls.call(Machine.THIS, command, "--help"))
                    .as("with the command as the first word")
                    .isEqualTo(result);
            assertThat(Calls.call(Machine.THIS, "help", command)).isEqualTo(result);
        }
        assertThat(Calls.call(Machine.THIS, "help")).isEqualTo(Calls.call(Machine.THIS, "--help"));
        assertThat(Calls.call(Machine.THIS, "help", "plugin", "list").out()).startsWith("Usage: dmaheap plugin list");
        assertThat(Calls.call(Machine.THIS, "help", "lst").err()).contains("unknown command 'lst', did you mean list?");
    }

    @Test
    void withoutACommandTheHelpGoesToStandardError() {
        var result = Calls.call(Machine.THIS);
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("Usage: dmaheap [OPTIONS] COMMAND").contains("dmaheap doctor");
    }
}
