package io.dmaheap.cli;

import io.dmaheap.cli.output.Printer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Starts the command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        var end = OrderlyEnd.ofThisCall();
        // UTF-8 whatever the locale: a guest without one would print question marks, and JSON is UTF-8 by definition.
        var standardOutput = new StandardOutput();
        // What a plugin prints must not come between the results.
        System.setOut(System.err);
        var out = new PrintWriter(standardOutput, false, StandardCharsets.UTF_8);
        var err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = Dmaheap.execute(new Invocation(Machine.THIS, out, err, Screen.detect()), args);
        out.flush();
        Optional<String> lost = standardOutput.lost();
        lost.ifPresent(why -> {
            var complaint = new Printer(err, Integer.MAX_VALUE);
            complaint.line("dmaheap: the output is lost: " + why);
            complaint.flush();
        });
        end.with(lost.isPresent() ? Math.max(status, ExitStatus.PROBLEM) : status);
    }
}
