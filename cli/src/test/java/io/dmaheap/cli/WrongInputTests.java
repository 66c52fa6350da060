package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.emulated;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong word leads to one line that says what to do, and to exit status 2. */
class WrongInputTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lst                                   | unknown command 'lst', did you mean list?; try: dmaheap --help
            plugin lst                            | unknown command 'lst', did you mean list?; try: dmaheap plugin --help
            zzzzzzzzz                             | unknown command 'zzzzzzzzz'; try: dmaheap --help
            list --jsno                           | unknown option '--jsno', did you mean --json?; try: dmaheap list --help
            list --json=yes                       | invalid value for option '--json': 'yes' is not a boolean; try: dmaheap list --help
            list extra                            | unknown argument 'extra'; try: dmaheap list --help
            list --policy                         | missing required parameter for option '--policy' (FILE); try: dmaheap list --help
            show                                  | missing required parameter: 'NAME'; try: dmaheap show --help
            alloc                                 | missing required option: '--size=SIZE'; try: dmaheap alloc --help
            alloc --siz 8M                        | unknown option '--siz', did you mean --size?; try: dmaheap alloc --help
            alloc --size 8M --size 9M             | option '--size' (SIZE) should be specified only once; try: dmaheap alloc --help
            alloc --size 8Q                       | invalid value for option '--size': '8Q' is no size: write 4096, 64K, 1.5M or 2G; try: dmaheap alloc --help
            alloc --size 0                        | invalid value for option '--size': a size must be more than 0; try: dmaheap alloc --help
            alloc --size -1                       | invalid value for option '--size': '-1' is no size: write 4096, 64K, 1.5M or 2G; try: dmaheap alloc --help
            alloc --size 99999999999G             | invalid value for option '--size': '99999999999G' is more than any machine has; try: dmaheap alloc --help
            alloc --size 0.3                      | invalid value for option '--size': '0.3' is no whole number of bytes; try: dmaheap alloc --help
            alloc --size 1M --count 0             | --count must be at least 1, not 0; try: dmaheap alloc --help
            alloc --size 1M --count many          | invalid value for option '--count': 'many' is not an int; try: dmaheap alloc --help
            alloc --size 1M --hold -1             | --hold must not be negative: -1; try: dmaheap alloc --help
            alloc --size 1M --require big         | invalid value for option '--require' (TRAIT): 'big' is no trait: there is contiguous, cached, cpu-accessible, zeroed, protected; try: dmaheap alloc --help
            alloc --size 1M --heap system --prefer cached | --require, --prefer, --forbid, --use-case, --protection, --protected-by, --used-by and --require-usable-by choose a heap, so they need --heap auto; try: dmaheap alloc --help
            alloc --size 1M --protection magic    | invalid value for option '--protection': 'magic' is no protection: there is inaccessible, encrypted, hypervisor; try: dmaheap alloc --help
            play                                  | what to play is missing, such as decode-1080p; try: dmaheap play --help
            play decode-4k --frames 0             | --frames must be at least 1, not 0; try: dmaheap play --help
            play decode-4k --scale 0              | --scale must be more than 0 and at most 1000, not 0.0; try: dmaheap play --help
            play decode-4k --scale NaN            | --scale must be more than 0 and at most 1000, not NaN; try: dmaheap play --help
            play decode-4k --seed x               | invalid value for option '--seed': 'x' is not a long; try: dmaheap play --help
            play decode-8k                        | there is no profile or trace file decode-8k, did you mean decode-4k or decode-1080p?; try: dmaheap play --list
            play /no/trace.jsonl                  | there is no trace file /no/trace.jsonl
            play /                                | the trace / cannot be read: Is a directory
            play Decode-4K                        | there is no profile or trace file Decode-4K, did you mean decode-4k or decode-4k-worst?; try: dmaheap play --list
            play decode-4k --record /no/way       | the trace /no/way cannot be written (ENOENT). Make its folder first
            map --svg /no/way.svg                 | the picture /no/way.svg cannot be written (ENOENT). Make its folder first
            board --board /no/tree                | cannot read the device tree /no/tree (ENOENT). Check the path and its permissions
            fit decode-8k                         | there is no profile or trace file decode-8k, did you mean decode-4k or decode-1080p?; try: dmaheap play --list
            fit --region 3M                       | no CMA region has 3 MiB: sizes are multiples of 2M, up to 64G; try: dmaheap fit --help
            fit --frames 0                        | --frames must be at least 1, not 0; try: dmaheap fit --help
            fit npu --board /no/tree              | this command makes its own boards, so it takes no --board; try: dmaheap fit --help
            play secure-video --frame 3x4         | invalid value for option '--frame': width and height of a picture are even numbers up to 16384, not 3x4; try: dmaheap play --help
            play secure-video --frame big         | invalid value for option '--frame': 'big' is no size of a picture: write 1280x720; try: dmaheap play --help
            play secure-video --frames 0          | --frames must be at least 1, not 0; try: dmaheap play --help
            play secure-video --record /tmp/t     | --record is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --map               | --map is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --svg /tmp/t        | --svg is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --scale 1           | --scale is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --disturb           | --disturb is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --realtime          | --realtime is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play secure-video --frames 1 --seed 1 | --seed is for workloads: secure-video proves and measures nothing; try: dmaheap play --help
            play ../docs --seed 7                 | --seed changes nothing about a trace without --disturb; try: dmaheap play --help
            play decode-4k --map --json           | --map draws on a terminal; with --json, the field memory says the same; try: dmaheap play --help
            play --list decode-4k                 | --list only lists: it takes no profile; try: dmaheap play --help
            play --list --heap system             | --list only lists: it takes no --heap; try: dmaheap play --help
            play decode-4k --frame 1280x720       | --frame is for secure-video; other workloads have sizes of their own; try: dmaheap play --help
            share                                 | 'missing required argument (specify one of these): (--listen=SOCKET | --connect=SOCKET); try: dmaheap share --help'
            share --listen /a --connect /b        | --listen=SOCKET, --connect=SOCKET are mutually exclusive (specify only one); try: dmaheap share --help
            share --listen /tmp/s --timeout 0     | --timeout must be at least 1, not 0; try: dmaheap share --help
            """)
    void isExplainedInOneLine(String words, String message) {
        var result = emulated(words.split(" "));
        assertThat(result.err()).isEqualTo("dmaheap: " + message + "\n");
        if (!words.endsWith("--json")) {
            assertThat(result.out()).isEmpty();
        }
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(Calls.call(Machine.THIS, words.split(" ")))
                .as("with the command as the first word")
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            show sytem                            | there is no heap sytem. Did you mean system? `dmaheap list` shows all
            alloc --size 1M --heap sytem          | there is no heap sytem. Did you mean system? `dmaheap list` shows all
            play decode-4k --heap sytem           | there is no heap sytem. Did you mean system? `dmaheap list` shows all
            share --listen /tmp/s --heap sytem    | there is no heap sytem. Did you mean system? `dmaheap list` shows all
            list --board /etc/passwd              | /etc/passwd is no device tree
            map --heap sytem                      | there is no heap sytem. Did you mean system?
            list --platform mars                  | there is no platform mars
            list --policy /no/such/file           | /no/such/file
            list --plugins /no/such/folder        | /no/such/folder
            alloc --size 100G                     | dmaheap: no heap here can give 100 GiB: the largest is system with
            alloc --size 1M --use-case secure-mars| no heap meets the need
            alloc --size 1M --heap system --name 0123456789012345678901234567890123456789 | 31
            """)
    void isExplainedByTheFrameworkInOneLine(String words, String part) {
        var result = emulated(words.split(" "));
        assertThat(result.err()).startsWith("dmaheap: ").contains(part).hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
    }

    @Test
    void aHeapThatOnlyTheTraceNamesIsLookedForBeforeAnythingIsPlayed(@TempDir Path folder) throws IOException {
        Path trace = folder.resolve("t.jsonl");
        Files.writeString(trace, """
                {"t":0,"op":"alloc","id":"a","size":4096}
                {"t":1,"op":"alloc","id":"b","size":4096,"heap":"sytem"}
                """);
        var result = emulated("play", trace.toString());
        assertThat(result.err()).startsWith("dmaheap: there is no heap sytem. ").hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
    }

    @Test
    void theEmptyNameOfAHeapIsSaidToBeEmpty() {
        assertThat(emulated("show", "").err()).startsWith("dmaheap: the name of the heap is empty");
    }

    @ParameterizedTest
    @CsvSource({"list --platform mars --stacktrace"})
    void stacktraceShowsWhereItHappened(String words) {
        assertThat(emulated(words.split(" ")).err()).contains("\n\tat ");
    }

    @ParameterizedTest
    @CsvSource({"alloc --size 1000G --heap system"})
    void tooMuchMemoryIsAProblemAndNotAMisuse(String words) {
        var result = emulated(words.split(" "));
        assertThat(result.err()).startsWith("dmaheap: ").hasLineCount(1);
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
    }
}
