package io.dmaheap.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What happens at Ctrl-C or SIGTERM: the call is interrupted and given a moment to close what it opened, such as working copies of
 * plugins and a socket in the file system, which would stay behind otherwise.
 */
final class OrderlyEnd {
    private static final long PATIENCE_MILLIS = 2000;
    private static final long HOOKS_MILLIS = 5000;
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
            call.interrupt();
            try {
                call.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
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
