package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command prints fits the screen, and uses what there is. */
class WidthTests {
    private static final List<String[]> CALLS = List.of(
            new String[] {"list"},
            new String[] {"list", "--help"},
            new String[] {"plugin", "list"},
            new String[] {"plugin", "list", "--start"},
            new String[] {"plugin", "list", "--plugins", "JARS"},
            new String[] {"list", "--plugins", "JARS"},
            new String[] {"doctor"},
            new String[] {"show", "system"},
            new String[] {"dump"},
            new String[] {"alloc", "--help"},
            new String[] {"play", "--help"},
            new String[] {"--help"});

    @TempDir
    private Path folder;

    private String[] args(String... call) {
        var all = new ArrayList<>(List.of("--platform", "emulator"));
        Arrays.stream(call)
                .map(one -> one.equals("JARS") ? folder.toString() : one)
                .forEach(all::add);
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 100, 140})
    void noLineIsLongerThanTheScreen(int columns) throws Exception {
        Files.writeString(folder.resolve("heaps-broken.jar"), "this is no jar");
        for (String[] call : CALLS) {
            String out = Calls.at(columns, Machine.THIS, args(call)).out();
            assertThat(out.lines())
                    .as(String.join(" ", call))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
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
