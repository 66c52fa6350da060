package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.dmaheap.Finding;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Traits;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views that are shown again when something has changed. */
class WatchTests {
    @TempDir
    private Path folder;

    @AfterEach
    void theInterruptIsTaken() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private static HeapInfo heap(String name) {
        return new HeapInfo(
                name,
                List.of(),
                HeapState.LIVE,
                Traits.SYSTEM,
                "heaps-system",
                Optional.empty(),
                HeapInfo.Openable.YES,
                OptionalLong.empty(),
                OptionalLong.empty(),
                0,
                0);
    }

    /** Heaps whose list is one of these after the other; at the last Ctrl-C is typed. */
    private static final class ChangingHeaps extends FakeHeaps {
        private final List<List<String>> rounds;
        private boolean closed;

        ChangingHeaps(List<List<String>> rounds) {
            this.rounds = new ArrayList<>(rounds);
        }

        @Override
        public List<HeapInfo> heaps() {
            List<String> names = rounds.removeFirst();
            if (rounds.isEmpty()) {
                Thread.currentThread().interrupt();
            }
            return names.stream().map(WatchTests::heap).toList();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static ChangingHeaps changing() {
        return new ChangingHeaps(List.of(List.of("system"), List.of("system"), List.of("system", "cma")));
    }

    @Test
    void aPipeGetsEachChangeAfterTheOther() {
        ChangingHeaps heaps = changing();
        var result = Calls.call(Calls.machine(heaps), "list", "--watch=0.1", "-no", "name");
        assertThat(result.out()).isEqualTo("system\n\nsystem\ncma\n");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(heaps.closed).isTrue();
    }

    @Test
    void aProgramGetsAnObjectOnALineForEachChange() {
        var result = Calls.call(Calls.machine(changing()), "list", "--json", "--watch=0.1");
        assertThat(result.out()
                        .lines()
                        .map(line -> JsonParser.parseString(line)
                                .getAsJsonObject()
                                .getAsJsonArray("heaps")
                                .size()))
                .containsExactly(1, 2);
    }

    @Test
    void aTerminalIsDrawnAnewFromItsTop() {
        var out = new StringWriter();
        var screen = new Screen(false, true, 80, Screen.NONE.glyphs());
        int status = Dmaheap.execute(
                new Invocation(
                        Calls.machine(changing()), new PrintWriter(out), new PrintWriter(new StringWriter()), screen),
                "list",
                "--watch=0.1",
                "-no",
                "name");
        assertThat(status).isZero();
        assertThat(out.toString()).isEqualTo("\033[Hsystem\033[K\n\033[J" + "\033[Hsystem\033[K\ncma\033[K\n\033[J");
    }

    @Test
    void whatTakesLongSaysHowFarItIsOnATerminalOnly() {
        var screen = new Screen(false, true, 80, Screen.NONE.glyphs());
        var err = new StringWriter();
        Dmaheap.execute(
                new Invocation(Machine.THIS, new PrintWriter(new StringWriter()), new PrintWriter(err), screen),
                "fit",
                "camera-preview",
                "--region",
                "64M,128M",
                "--frames",
                "1");
        assertThat(err.toString())
                .isEqualTo("\r\033[K1 of 2: camera-preview on 64 MiB" + "\r\033[K2 of 2: camera-preview on 128 MiB"
                        + "\r\033[K");
        assertThat(Calls.call(Machine.THIS, "fit", "camera-preview", "--region", "64M", "--frames", "1")
                        .err())
                .isEmpty();
    }

    @Test
    void whoReadNoMoreEndsIt() {
        var heaps = new ChangingHeaps(List.of(List.of("system"), List.of("never", "reached")));
        var reader = new PrintWriter(new StringWriter()) {
            @Override
            public boolean checkError() {
                return true;
            }
        };
        int status = Dmaheap.execute(
                new Invocation(Calls.machine(heaps), reader, new PrintWriter(new StringWriter()), Screen.NONE),
                "list",
                "--watch");
        assertThat(status).isZero();
        assertThat(heaps.rounds).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "dump"})
    void memoryAndBuffersAreWatchedToo(String command) {
        var heaps = new FakeHeaps() {
            @Override
            public io.dmaheap.MemoryMap memoryMap() {
                Thread.currentThread().interrupt();
                return super.memoryMap();
            }

            @Override
            public List<io.dmaheap.BufferHolder> holders() {
                Thread.currentThread().interrupt();
                return super.holders();
            }
        };
        var result = Calls.call(Calls.machine(heaps), command, "--watch");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .isEqualTo(Calls.call(Calls.machine(new FakeHeaps()), command).out());
    }

    @Test
    void pluginsThatComeAreFollowed() {
        var opened = new ArrayList<HeapsOptions>();
        var machine = new Machine() {
            @Override
            public Heaps open(HeapsOptions options) {
                opened.add(options);
                return changing();
            }

            @Override
            public List<Finding> diagnose(HeapsOptions options) {
                return List.of();
            }
        };
        Calls.call(machine, "list", "--plugins", folder.toString());
        Calls.call(machine, "list", "--watch=0.1", "--plugins", folder.toString());
        assertThat(opened).extracting(HeapsOptions::watchPlugins).containsExactly(false, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "0.01", "NaN", "90000"})
    void aPauseOfNoUseIsRefused(String seconds) {
        var result = Calls.call(Calls.machine(new FakeHeaps()), "list", "--watch=" + seconds);
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(result.err())
                .startsWith("dmaheap: --watch takes 0.1 to 86400 seconds, not ")
                .hasLineCount(1);
    }
}
