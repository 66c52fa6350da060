package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShareTests {

    @TempDir
    private Path folder;

    @Test
    void bothSidesSeeWhatTheOtherWrote() throws Exception {
        String socket = folder.resolve("s").toString();
        var listening = new CompletableFuture<Void>();
        var offered = new StringWriter();
        var offer = CompletableFuture.supplyAsync(() -> Dmaheap.execute(
                new Invocation(
                        Machine.THIS,
                        new PrintWriter(announcing(offered, listening), true),
                        new PrintWriter(offered),
                        Screen.NONE),
                "share",
                "--listen",
                socket,
                "--size",
                "64K",
                "--platform",
                "emulator"));
        listening.get(60, TimeUnit.SECONDS);

        var taken = Calls.emulated("share", "--connect", socket);

        assertThat(taken.status()).as(taken.err()).isZero();
        assertThat(offer.get(60, TimeUnit.SECONDS)).as(offered.toString()).isZero();
        long pid = ProcessHandle.current().pid();
        assertThat(taken.out())
                .contains("peer      pid " + pid + ", uid ")
                .contains("it says   \"written by pid " + pid + "\"")
                .contains("the same memory in both processes");
        assertThat(offered.toString()).contains("it says   \"answered by pid " + pid + "\"");
    }

    @Test
    void whoConnectsFirstWaits() throws Exception {
        String socket = folder.resolve("later").toString();
        var taken = CompletableFuture.supplyAsync(() -> Calls.emulated("share", "--connect", socket));
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> taken.get(1, TimeUnit.SECONDS));

        var offered = Calls.emulated("share", "--listen", socket, "--size", "64K");

        assertThat(offered.status()).as(offered.err()).isZero();
        assertThat(taken.get(60, TimeUnit.SECONDS).status()).isZero();
    }

    @Test
    void connectingToNobodyIsOneLine() {
        var result = Calls.emulated(
                "share", "--timeout", "1", "--connect", folder.resolve("nobody").toString());
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.err()).startsWith("dmaheap: ").contains("ENOENT").hasLineCount(1);
    }

    private static Writer announcing(StringWriter target, CompletableFuture<Void> firstLine) {
        return new Writer() {
            @Override
            public void write(char[] text, int offset, int length) {
                target.write(text, offset, length);
            }

            @Override
            public void flush() {
                firstLine.complete(null);
            }

            @Override
            public void close() {}
        };
    }
}
