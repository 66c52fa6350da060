package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.BufferHolder;
import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the command prints fits the screen, and uses what there is. */
class WidthTests {
    /** Every command, in the forms that look different. JARS is a folder with a jar that is none. */
    private static final List<String> CALLS = List.of(
            "list",
            "list --plugins JARS",
            "show protected,secure-video-record",
            "await protected,secure-video-record",
            "alloc --size 64K --explain",
            "alloc --size 64K --count 3 --use-case secure-video --explain",
            "play --list",
            "play decode-720p --frames 2 --heap linux,cma --map",
            "play decode-4k --scale 1000 --heap system",
            "play secure-video --frames 2 --frame 320x180",
            "fit camera-preview npu --region 64M,2M,128M,256M --frames 1",
            "board",
            "map",
            "map --heap video@68000000",
            "devices",
            "dump",
            "doctor",
            "doctor --require kernel,contiguous,secure-video,fences",
            "plugin list",
            "plugin list --start",
            "plugin list --plugins JARS");

    @TempDir
    private Path folder;

    private String[] args(String call) {
        boolean platform = !call.startsWith("fit ");
        String all = (platform ? "--platform emulator " : "") + call.replace("JARS", folder.toString());
        return all.split(" ");
    }

    static List<Integer> widths() {
        return List.of(80, 100, 140);
    }

    @ParameterizedTest
    @MethodSource("widths")
    void noLineOfAnyCommandIsLongerThanTheScreen(int columns) throws Exception {
        Files.writeString(folder.resolve("heaps-broken.jar"), "this is no jar");
        for (String call : CALLS) {
            assertFits(
                    columns, call, Calls.at(columns, Machine.THIS, args(call)).out());
        }
        assertThat(Dmaheap.names())
                .as("commands without a call here")
                .filteredOn(name -> CALLS.stream().noneMatch(call -> call.startsWith(name)))
                .as("which talks to another process, prints a script, prints nothing")
                .containsExactly("share", "completion", "manual");
    }

    @ParameterizedTest
    @MethodSource("widths")
    void theHelpOfEveryCommandFits(int columns) {
        assertFits(columns, "help", Calls.at(columns, Machine.THIS, "--help").out());
        for (String name : Dmaheap.names()) {
            assertFits(
                    columns,
                    name,
                    Calls.at(columns, Machine.THIS, name, "--help").out());
        }
        assertFits(
                columns,
                "plugin list",
                Calls.at(columns, Machine.THIS, "plugin", "list", "--help").out());
    }

    @ParameterizedTest
    @MethodSource("widths")
    void longNamesOfOthersFit(int columns) {
        var heaps = new FakeHeaps() {
            @Override
            public List<BufferHolder> holders() {
                String name = "a-name-of-thirty-one-characters";
                return IntStream.range(0, 9)
                        .mapToObj(fd -> new BufferHolder(
                                4_000_000 + fd,
                                "process-" + fd + "-of-a-kind",
                                OptionalInt.of(1000 + fd),
                                77,
                                123_456_789,
                                9,
                                "protected,secure-video-record",
                                Optional.of(name)))
                        .toList();
            }

            @Override
            public MemoryMap memoryMap() {
                String words = "words that someone wrote into a device tree and that are many, ".repeat(4);
                var flaw = new MemoryMap.Flaw("/reserved-memory/a-region@80000000", words, words);
                return new MemoryMap(words, List.of(), List.of(words), List.of(flaw), List.of(words));
            }
        };
        for (String call : List.of("dump", "board", "map")) {
            assertFits(
                    columns, call, Calls.at(columns, Calls.machine(heaps), call).out());
        }
    }

    private static void assertFits(int columns, String call, String out) {
        assertThat(out.lines())
                .as(call)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
    }

    @Test
    void aPipeGetsWholeLines() {
        assertThat(Calls.emulated("board").out())
                .containsPattern(
                        "(?m)^0x50000000 +32 MiB +■+ +restricted-cm@50000000 +carveout, no-map, for protection ")
                .containsPattern(
                        "(?m)^decoder .* restricted-cm@50000000 restricted-cma@60000000 video@68000000 +dmaheap");
        assertThat(Calls.emulated("doctor").out().lines()).noneMatch(line -> line.startsWith("       "));
    }

    @Test
    void theHelpNamesTheColumnsThatThereAre() {
        for (String command : List.of("list", "map", "dump", "devices")) {
            String help = Calls.call(Machine.THIS, command, "--help").out().replaceAll("\\s+", " ");
            String complaint = Calls.emulated(command, "-o", "nmae").err();
            String columns = complaint.replaceFirst(".*but ([^;]*);.*\\s*", "$1");
            assertThat(help).as(complaint).contains(": " + columns + ".");
        }
    }

    @Test
    void aWiderScreenAndAPipeGetMoreColumns() {
        assertThat(Calls.at(80, Machine.THIS, args("list")).out())
                .containsPattern("(?m)^NAME +KIND +USABLE +FREE +TOTAL$")
                .containsPattern("(?m)^system +scattered +yes ");
        assertThat(Calls.at(140, Machine.THIS, args("list")).out()).containsPattern("(?m)^NAME +KIND +MORE .*PLUGIN$");
        assertThat(Calls.emulated("list").out())
                .containsPattern("(?m)^NAME +KIND +MORE +OWNER:GROUP +MODE +USABLE +FREE +TOTAL +PLUGIN$");
    }

    @Test
    void programsChooseColumnsHeadingsAndBytes() {
        assertThat(Calls.emulated("list", "-n", "-o", "name,total", "-b").out())
                .containsPattern("(?m)^restricted_mtk_cm +33554432$")
                .doesNotContain("platform", "NAME");
        assertThat(Calls.emulated("plugin", "list", "-no", "id").out().lines())
                .anyMatch(line -> line.matches("\\S*heaps.system"));
        assertThat(Calls.emulated("map", "-nbo", "area,size,free").out())
                .containsPattern("(?m)^video@68000000 +33554432 +33554432$")
                .doesNotContain("AREA", "dmaheap standard board");
        var misuse = Calls.emulated("list", "-o", "nmae");
        assertThat(misuse.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(misuse.err()).startsWith("dmaheap: there is no column 'nmae', but name, kind, ");
    }

    @Test
    void theEmulatorIsNoProblemOfPlugins() {
        var listed = Calls.call(Machine.THIS, "plugin", "list");
        assertThat(listed.out()).doesNotContain("buffers come from");
        assertThat(listed.status()).as(listed.out()).isZero();
    }

    @Test
    void escapeSequencesOfOthersAreShown() {
        var machine = new Machine() {
            @Override
            public Heaps open(HeapsOptions options) {
                throw new AssertionError();
            }

            @Override
            public List<Finding> diagnose(HeapsOptions options) {
                return List.of(Finding.ok("plugin", "\u001b]0;mine\u0007 is here"));
            }
        };
        assertThat(Calls.call(machine, "doctor").out())
                .contains("plugin: \\u001b]0;mine\\u0007 is here")
                .doesNotContain("\u001b");
    }
}
