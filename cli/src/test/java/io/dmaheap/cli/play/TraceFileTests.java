package io.dmaheap.cli.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFileTests {
    private static final String GOOD =
            "{\"t\":0,\"op\":\"alloc\",\"id\":\"a\",\"size\":4096,\"heap\":\"system\",\"client\":\"c\"}";

    @TempDir
    private Path folder;

    @Test
    void whatWasRecordedIsReadBack() {
        Path file = folder.resolve("t.jsonl");
        Workload workload = Disturbance.of(Profiles.named("video-call").workload(300, 4), 4);
        try (var recorder = new Recorder(file)) {
            workload.run(recorder);
            recorder.finish();
        }
        assertThat(ProfilesTests.events(TraceFile.read(file))).isEqualTo(ProfilesTests.events(workload));
    }

    @Test
    void whatTheFileHeldStaysUntilTheTraceIsWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("t.jsonl"), "precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Workload workload = Profiles.named("decode-720p").workload(2, 1);
        try (var recorder = new Recorder(link)) {
            workload.run(recorder);
            assertThat(file).hasContent("precious");
        }
        assertThat(file).hasContent("precious");
        try (var recorder = new Recorder(link)) {
            workload.run(recorder);
            recorder.finish();
        }
        assertThat(ProfilesTests.events(TraceFile.read(file))).isEqualTo(ProfilesTests.events(workload));
        assertThat(link).isSymbolicLink();
        try (var left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void whatIsNoFileIsWrittenAtOnce() {
        try (var recorder = new Recorder(Path.of("/dev/null"))) {
            Profiles.named("decode-720p").workload(2, 1).run(recorder);
            recorder.finish();
        }
        assertThat(Path.of("/dev/null.part")).doesNotExist();
    }

    @Test
    void aFileWithoutEndIsNoTrace() {
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> TraceFile.read(Path.of("/dev/zero")))
                .withMessage("the trace /dev/zero cannot be read: a line has more than 65536 characters");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                           | this is no JSON object on one line
            []                                          | this is no JSON object on one line
            {"t":1,"op":"use","id":"a"                  | this is no JSON object on one line
            {"t":1,"op":"use","id":"a"} x               | this is no JSON object on one line
            {"t":1,"op":"use","id":"a"}{}               | this is no JSON object on one line
            {'t':1,"op":"use","id":"a"}                 | this is no JSON object on one line
            {"t":1,"id":"a"}                            | the field 'op' is missing
            {"op":"use","id":"a"}                       | the field 't' is missing
            {"t":1,"op":"use"}                          | the field 'id' is missing
            {"t":1,"op":"crash"}                        | the field 'client' is missing
            {"t":1,"op":"alloc","id":"b"}               | the field 'size' is missing
            {"t":1,"op":"alloc","id":"b","size":0}      | 'size' must be a whole number of at least 1, not 0
            {"t":1,"op":"alloc","id":"b","size":1.5}    | 'size' must be a whole number of at least 1, not 1.5
            {"t":-1,"op":"use","id":"a"}                | 't' must be a whole number of at least 0, not -1
            {"t":"x","op":"use","id":"a"}               | 't' must be a whole number of at least 0, not x
            {"t":1,"op":"steal","id":"a"}               | unknown op 'steal': there is alloc, use, free, crash
            {"t":1,"op":"use","id":"a","size":1}        | unknown field 'size' for op use
            {"t":1,"t":2,"op":"use","id":"a"}           | 't' is there twice
            {"t":1,"op":"use","id":["a"]}               | 'id' must be a string or a number
            {"t":1,"op":"use","id":"b"}                 | no buffer 'b' is allocated here
            {"t":1,"op":"free","id":"b"}                | no buffer 'b' is allocated here
            {"t":1,"op":"alloc","id":"a","size":1}      | the buffer 'a' is allocated already
            """)
    void aBadLineIsNamedByFileAndNumber(String line, String message) throws IOException {
        Path file = Files.write(folder.resolve("t.jsonl"), List.of(GOOD, "", line));
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> TraceFile.read(file))
                .withMessage(file + ":3: " + message);
    }

    @Test
    void timeMustNotRunBackwards() throws IOException {
        Path file = Files.write(
                folder.resolve("t.jsonl"),
                List.of(GOOD.replace("\"t\":0", "\"t\":9"), "{\"t\":8,\"op\":\"free\",\"id\":\"a\"}"));
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> TraceFile.read(file))
                .withMessage(file + ":2: time runs backwards, from 9 to 8");
    }

    @Test
    void anEmptyOrBinaryFileIsNoTrace() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> TraceFile.read(empty))
                .withMessageContaining("no events");
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> TraceFile.read(binary))
                .withMessageContaining("UTF-8");
    }

    @Test
    void aLineBreakInAFieldNameDoesNotBreakTheMessage() {
        assertThatThrownBy(() -> TraceLine.parse("{\"op\":\"free\",\"t\":0,\"id\":\"a\",\"b\\nc\":1}"))
                .hasMessage("unknown field 'b?c' for op free");
    }

    @Test
    void randomDamageIsEitherReadOrRefusedWithALine() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            var line = new StringBuilder(GOOD);
            for (int hits = random.nextInt(1, 4); hits > 0; hits--) {
                line.setCharAt(random.nextInt(line.length()), (char) random.nextInt(32, 127));
            }
            try {
                TraceLine.parse(line.toString());
            } catch (TraceLine.BadLineException e) {
                assertThat(e).as("seed %d: %s", seed, line).hasMessageMatching("[^\n]+");
            }
        }
    }
}
