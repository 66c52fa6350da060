package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManualTests {
    @TempDir
    private Path folder;

    @Test
    void theCompletionIsOneOfBashAndOffersEveryCommandAndItsOptions() throws Exception {
        String script = Calls.call(Machine.THIS, "completion").out();
        Path file = Files.writeString(folder.resolve("completion"), script);
        for (String name : Dmaheap.names()) {
            assertThat(offered(file, "dmaheap", name.substring(0, 2))).as(name).contains(name);
        }
        assertThat(offered(file, "dmaheap", "list", "--wa")).contains("--watch");
        assertThat(offered(file, "dmaheap", "plugin", "l")).contains("list");
        assertThat(offered(file, "dmaheap", "zz")).isEmpty();
        assertThat(script).contains("bashcompinit");
    }

    /** What bash offers for the last word. */
    private static List<String> offered(Path script, String... words) throws Exception {
        String line = String.join(" ", words);
        String ask = "source '" + script + "'; COMP_WORDS=(" + line + "); COMP_CWORD=" + (words.length - 1)
                + "; COMP_LINE='" + line + "'; COMP_POINT=" + line.length()
                + "; _complete_dmaheap; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "-c", ask)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return out.lines().map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    @Test
    void everyCommandHasAManualPageWithItsOptionsAndExamples() throws IOException {
        assertThat(Calls.call(Machine.THIS, "manual", folder.toString()).status())
                .isZero();
        for (String name : Dmaheap.names()) {
            String page = Files.readString(folder.resolve("man/man1/dmaheap-" + name + ".1"));
            assertThat(page)
                    .as(name)
                    .startsWith(".TH \"DMAHEAP\\-" + name.toUpperCase(Locale.ROOT) + "\" 1 ")
                    .contains(
                            ".SH NAME\ndmaheap\\-" + name.replace("-", "\\-") + " \\- ",
                            ".SH SYNOPSIS\n",
                            "\\fB\\-\\-json\\fR");
            assertThat(page.lines().filter(line -> line.startsWith(".")))
                    .allMatch(line -> line.matches("\\.(TH|SH) .*|\\.(TP|nf|fi)"));
            if (!name.equals("plugin")) {
                assertThat(page).contains(".SH EXAMPLES\n.nf\n");
            }
        }
        assertThat(folder.resolve("man/man1/dmaheap-plugin-list.1")).exists();
        assertThat(Files.readString(folder.resolve("man/man1/dmaheap.1")))
                .contains(".SH COMMANDS\n.TP\n\\fBlist\\fR\n");
        assertThat(folder.resolve("bash-completion/completions/dmaheap"))
                .content()
                .contains("_complete_dmaheap");
        assertThat(Files.readString(folder.resolve("man/man1/dmaheap-list.1")))
                .contains("\\fB\\-\\-watch\\fR[=\\fISECONDS\\fR]");
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefused() {
        var result = Calls.call(Machine.THIS, "manual", "/proc/no");
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(result.err()).startsWith("dmaheap: the manual /proc/no/").hasLineCount(1);
    }
}
