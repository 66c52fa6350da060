package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.LEAKED_STATE;
import static io.dmaheap.Problem.Kind.LEAKED_THREAD;

import java.util.List;

/** What a plugin does with what it was given, and what it leaves behind in the program. */
final class StateKinds {
    private StateKinds() {}

    static List<Kind> kinds() {
        return List.of(
                started(
                        "leaves-a-thread",
                        "Bad.thread(Bad::blocking);",
                        Expected.reported(LEAKED_THREAD, "zoo-thread")),
                started(
                        "leaves-a-virtual-thread",
                        "Thread.ofVirtual().name(\"zoo-virtual\").start(Bad::blocking);",
                        Expected.harmless()),
                started(
                        "leaves-a-user-thread",
                        "Thread t = new Thread(Bad::blocking, \"zoo-user\"); t.setDaemon(false); t.start();",
                        Expected.reported(LEAKED_THREAD, "zoo-user")),
                started(
                        "leaves-a-timer",
                        "new Timer(\"zoo-timer\").schedule(new TimerTask() { public void run() {} }, 1, 1);",
                        Expected.reported(LEAKED_THREAD, "zoo-timer")),
                started(
                        "leaves-a-pool",
                        "Executors.newFixedThreadPool(1).execute(() -> {});",
                        Expected.reported(LEAKED_THREAD, "pool-")),
                started(
                        "leaves-a-busy-executor",
                        "context.executor().execute(Bad::blocking);",
                        Expected.reported(LEAKED_THREAD, "dmaheap-leaves-a-busy-executor-1")),
                started("leaves-a-waiting-executor", "context.executor().execute(Bad::heeding);", Expected.harmless()),
                started("executor-task-throws", "context.executor().execute(Bad::error);", Expected.harmless()),
                started("executor-shut-down-by-the-plugin", "context.executor().shutdownNow();", Expected.harmless()),
                started(
                        "leaves-system-out-replaced",
                        "System.setOut(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));",
                        Expected.reported(LEAKED_STATE, "System.out")),
                started(
                        "leaves-system-err-replaced",
                        "System.setErr(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));",
                        Expected.reported(LEAKED_STATE, "System.err")),
                started(
                        "leaves-another-locale",
                        "Locale.setDefault(Locale.of(\"tr\", \"TR\"));",
                        Expected.reported(LEAKED_STATE, "locale")),
                started(
                        "leaves-another-time-zone",
                        "TimeZone.setDefault(TimeZone.getTimeZone(\"Asia/Tokyo\"));",
                        Expected.reported(LEAKED_STATE, "time zone")),
                started(
                        "leaves-a-child-process",
                        "try { new ProcessBuilder(\"sleep\", \"600\").start(); } catch (java.io.IOException e) { throw new IllegalStateException(e); }",
                        Expected.reported(LEAKED_STATE, "child processes")));
    }

    private static Kind started(String name, String statements, Expected expected) {
        return in(name, "started", statements, expected);
    }

    private static Kind in(String name, String callback, String statements, Expected expected) {
        return new Kind(
                name, new Specimen(name).in(callback, statements.replace("context.", "Provider.context.")), expected);
    }
}
