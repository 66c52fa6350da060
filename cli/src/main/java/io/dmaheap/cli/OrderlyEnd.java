package io.dmaheap.cli;

import io.dmaheap.cli.output.Printer;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What happens at Ctrl-C or SIGTERM, and when a plugin ends the JVM: the call is interrupted and given a moment to close what it opened,
 * such as working copies of plugins and a socket in the file system, which would stay behind otherwise.
 */
final class OrderlyEnd {
    private static final long PATIENCE_MILLIS = 2000;
    private static final long HOOKS_MILLIS = 3000;
    /** Of a shell for a command that a signal ended. */
    private static final int STATUS_OF_SIGNAL = 130;

    private final Thread call;
    /** Whoever sets it ends the JVM: the call that is done, or the signal. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private OrderlyEnd(Thread call) {
        this.call = call;
    }

    /** For the call that the current thread makes. */
    static OrderlyEnd ofThisCall() {
        var end = new OrderlyEnd(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(new Thread(end::interrupt, "dmaheap-end"));
        return end;
    }

    private void interrupt() {
        if (decided.compareAndSet(false, true)) {
            haltAfter(PATIENCE_MILLIS + HOOKS_MILLIS, STATUS_OF_SIGNAL);
            Optional<String> exit = exitOfPlugin();
            exit.ifPresent(where -> {
                var complaint = new Printer(new PrintWriter(System.err), Integer.MAX_VALUE);
                complaint.line("dmaheap: a plugin ended the program, " + where);
                complaint.flush();
            });
            call.interrupt();
            try {
                call.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (exit.isPresent()) {
                // The plugin's status may be that of success.
                Runtime.getRuntime().halt(ExitStatus.PROBLEM);
            }
        }
    }

    /** Where a plugin called {@link System#exit}, if that is why the JVM ends: the command itself decides first. */
    private static Optional<String> exitOfPlugin() {
        return Thread.getAllStackTraces().entrySet().stream()
                .flatMap(thread -> exit(thread).stream())
                .findAny();
    }

    private static Optional<String> exit(Map.Entry<Thread, StackTraceElement[]> thread) {
        StackTraceElement[] stack = thread.getValue();
        boolean exits = Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                        && frame.getMethodName().equals("exit"));
        return exits
                ? Arrays.stream(stack)
                        .filter(frame -> !frame.getClassName().startsWith("java.lang."))
                        .findFirst()
                        .map(frame -> "on the thread " + thread.getKey().getName() + ": exit in " + frame)
                : Optional.empty();
    }

    /** Shutdown hooks, which a plugin may have added, get a moment and no more; Flight Recorder has one as well, which writes. */
    private static void haltAfter(long millis, int status) {
        var thread = new Thread(
                () -> {
                    try {
                        Thread.sleep(millis);
                    } catch (InterruptedException _) {
                        // Nothing else interrupts it than a plugin that must not keep the command from ending.
                    }
                    Runtime.getRuntime().halt(status);
                },
                "dmaheap-halt");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the JVM with the status of the call, unless it is being ended already: then the status is that of the signal. */
    void with(int status) {
        if (decided.compareAndSet(false, true)) {
            haltAfter(HOOKS_MILLIS, status);
            System.exit(status);
        }
    }
}
