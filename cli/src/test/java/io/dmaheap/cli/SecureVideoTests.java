package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.call;
import static io.dmaheap.cli.Calls.emulated;
import static io.dmaheap.cli.Calls.machine;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.cli.play.FakeBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code play secure-video} proves, and that it sees when it does not hold. */
class SecureVideoTests {

    private static Map<String, String> outcomes(Calls.Result result) {
        return result.json().getAsJsonArray("proofs").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .collect(Collectors.toMap(
                        one -> one.get("what").getAsString(),
                        one -> one.get("outcome").getAsString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"protected,secure-video", "restricted_mtk_cm", "restricted_mtk_cma"})
    void everyHeapForVideoProtectsIt(String heap) {
        var result = emulated("play", "secure-video", "--heap", heap, "--frames", "3");
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .startsWith("secure-video on " + heap + " of emulator, pictures of 1920x1088\n")
                .contains(
                        "proven   pictures pass from device to device: tee > decoder > display, 3 pictures of 1920x1088, 0 wrong")
                .containsPattern("proven   all other devices are stopped: \\d+ attempts: .*cpu READ ACCESS_DENIED")
                .contains("display WRITE ACCESS_DENIED")
                .containsPattern("proven   past attach, the bus stops them: \\d+ attempts: .*cpu READ BUS_FAULT")
                .contains("display WRITE BUS_FAULT")
                .contains("that the video was in, and find ")
                .contains("proven   the CPU cannot read it: refused before any system call")
                .contains("proven   nothing leaks: all counts are back at 0");
    }

    @Test
    void memoryThatIsLentComesBackClean() {
        var result = emulated(
                "play",
                "secure-video",
                "--heap",
                "restricted_mtk_cma",
                "--frame",
                "640x360",
                "--frames",
                "2",
                "--json");
        assertThat(outcomes(result))
                .containsEntry("what is lent comes back", "proven")
                .containsEntry("what was lent comes back empty", "proven")
                .containsEntry("nothing of the video is left behind", "proven")
                .containsEntry("nothing leaks", "proven");
        assertThat(result.json().get("width").getAsInt()).isEqualTo(640);
        assertThat(result.json().get("ok").getAsBoolean()).as(result.out()).isTrue();
    }

    @Test
    void aLoanForEachBufferIsNotOneForTheFirst() {
        var each = emulated(
                "play", "secure-video", "--heap", "protected@66000000", "--frame", "1280x720", "--frames", "1");
        assertThat(each.out())
                .contains(
                        "proven   what is lent comes back: 172 KiB lent with the first buffer, 5.45 MiB with all 5, nothing"
                                + " once they were closed\n")
                .containsPattern(
                        "proven   what was lent comes back empty: cpu read all 5.\\d+ MiB at the bus: zeros\n");
        var whole = emulated("play", "secure-video", "--heap", "restricted_mtk_cma", "--frames", "1");
        assertThat(whole.out())
                .contains("64 MiB lent with the first buffer, no more with all 5, nothing once they were closed\n");
    }

    @Test
    void aPoolThatPromisesNoZerosKeepsWhatItsLastOwnerWrote() {
        var result = emulated("play", "secure-video", "--heap", "protected,secure-video", "--frames", "4", "--json");
        assertThat(outcomes(result)).containsEntry("nothing of the video is left behind", "kept");
        assertThat(result.status()).as("nobody promised otherwise").isZero();
    }

    /** The heaps of the board, where {@code method} of its devices does something else. */
    private static Calls.Result withDevices(String heap, String method, Function<Object[], @Nullable Object> instead) {
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"))) {
            Heaps spoiled = Spoiled.by(
                    Heaps.class,
                    heaps,
                    "device",
                    name -> heaps.device((String) name[0])
                            .map(device -> Spoiled.by(Device.class, device, method, instead)));
            return call(machine(spoiled), "play", "secure-video", "--heap", heap, "--frame", "640x360", "--json");
        }
    }

    @Test
    void memoryThatTheNormalWorldGetsBackUnclearedIsSeen() {
        var result = withDevices("restricted_mtk_cma", "busRead", arguments -> {
            ((MemorySegment) arguments[1]).fill((byte) 7);
            return null;
        });
        assertThat(outcomes(result))
                .containsEntry("what was lent comes back empty", "broken")
                .containsEntry("past attach, the bus stops them", "broken")
                .containsEntry("nothing of the video is left behind", "proven");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
    }

    @Test
    void aBusThatCannotBeTriedProvesNothing() {
        var result = withDevices("restricted_mtk_cma", "busRead", arguments -> {
            throw HeapException.of(ErrorCode.UNSUPPORTED, "there is no bus").build();
        });
        assertThat(outcomes(result))
                .containsEntry("what was lent comes back empty", "unknown")
                .containsEntry("past attach, the bus stops them", "unknown")
                .containsEntry("all other devices are stopped", "proven");
    }

    @Test
    void newBuffersThatLieElsewhereSayNothingOfTheVideo() {
        Map<Object, Integer> mapped = new HashMap<>();
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
                Heap pool = heaps.find("restricted_mtk_cm").orElseThrow()) {
            List<DmaBuf> held = new ArrayList<>();
            // Once the video is over, somebody else takes its place.
            Heaps crowded = Spoiled.by(Heaps.class, heaps, "heap", name -> {
                Heap heap = heaps.heap((String) name[0]);
                return Spoiled.by(Heap.class, heap, "allocate", size -> {
                    if (mapped.merge(heap, 1, Integer::sum) == 6) {
                        held.add(pool.allocate(1 << 20));
                    }
                    return heap.allocate((long) size[0]);
                });
            });
            var result =
                    call(machine(crowded), "play", "secure-video", "--heap", "restricted_mtk_cm", "--frame", "640x360");
            held.forEach(DmaBuf::close);
            assertThat(result.out())
                    .containsPattern(
                            "unknown  nothing of the video is left behind: new buffers have 380 KiB of 1.37 MiB"
                                    + " that the video was in, and find zeros there\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_CPU_ACCESSIBLE,       , proven , refused before any system call: NOT_CPU_ACCESSIBLE",
        "NOT_CPU_ACCESSIBLE, ENODEV, proven , refused by the kernel: NOT_CPU_ACCESSIBLE ENODEV",
        "TOO_MANY_FILES,     EMFILE, unknown, the attempt failed for another reason: no (EMFILE)"
    })
    void onlyARefusalOfTheMemoryProvesThatTheCpuCannotReadIt(
            ErrorCode code, @Nullable String errno, String outcome, String detail) {
        var heaps = new FakeHeaps() {
            @Override
            public Optional<Heap> find(String name) {
                return Optional.of(Spoiled.by(
                        Heap.class,
                        Spoiled.nothing(Heap.class, "name", name),
                        "allocate",
                        size -> Spoiled.by(DmaBuf.class, new FakeBuffer((long) size[0]), "read", _ -> {
                            var refusal = HeapException.of(code, "no");
                            throw (errno == null ? refusal : refusal.errno(errno)).build();
                        })));
            }
        };
        var result = call(machine(heaps), "play", "secure-video", "--heap", "fake", "--frames", "1");
        assertThat(result.out())
                .contains(outcome + " ".repeat(9 - outcome.length()) + "the CPU cannot read it: " + detail);
    }

    @Test
    void withoutANameAHeapForVideoIsChosen() {
        var json = emulated("play", "secure-video", "--frames", "1", "--json").json();
        assertThat(json.get("heap").getAsString()).matches("protected,secure-video|restricted_mtk_cma?");
    }

    @Test
    void memoryOfAnotherUseCaseOrOfNoneIsNoPlaceForAVideo() {
        var other = emulated("play", "secure-video", "--heap", "protected,trusted-ui", "--frames", "1", "--json");
        assertThat(other.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(outcomes(other)).containsEntry("protected for secure video", "broken");
        var open = emulated("play", "secure-video", "--heap", "system", "--frames", "1", "--json");
        assertThat(open.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(outcomes(open))
                .containsEntry("protected for secure video", "broken")
                .containsEntry("the CPU cannot read it", "broken");
    }

    @Test
    void picturesThatDoNotFitAreRefusedInOneLine() {
        var result = emulated("play", "secure-video", "--heap", "protected,secure-video", "--frame", "7680x4320");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.err()).startsWith("dmaheap: no ").hasLineCount(1);
    }

    @Test
    void theSmallestPictureHasBuffersToo() {
        var result = emulated("play", "secure-video", "--frame", "2x2", "--frames", "1");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("pictures of 2x2\n");
    }

    @Test
    void everyFieldIsDocumented() throws IOException {
        String documentation = Files.readString(Path.of("../docs/json.md"));
        var json = emulated("play", "secure-video", "--frames", "1", "--json").json();
        for (String field : List.of("workload", "heap", "width", "height", "ok", "proofs")) {
            assertThat(json.has(field)).as(field).isTrue();
            assertThat(documentation).contains("`" + field + "`");
        }
    }
}
