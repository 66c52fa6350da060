package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.emulated;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                .containsEntry("nothing of the video is left behind", "proven")
                .containsEntry("nothing leaks", "proven");
        assertThat(result.json().get("width").getAsInt()).isEqualTo(640);
        assertThat(result.json().get("ok").getAsBoolean()).as(result.out()).isTrue();
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
