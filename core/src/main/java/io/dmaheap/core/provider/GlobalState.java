package io.dmaheap.core.provider;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Collectors;

/**
 * State of the JVM that belongs to the program, and that a plugin may change. What changed while the plugin started, and is still so when
 * it has stopped, is the plugin's. Shutdown hooks are such state as well, but Java lists them to no one.
 *
 * @param out where the program prints
 * @param err where it prints errors
 * @param locale its locale
 * @param zone its time zone
 * @param moment when this was so
 */
record GlobalState(PrintStream out, PrintStream err, Locale locale, TimeZone zone, Instant moment) {
    /** The kernel tells when a process began to a second. */
    private static final Duration BLUR = Duration.ofSeconds(1);

    static GlobalState now() {
        return new GlobalState(System.out, System.err, Locale.getDefault(), TimeZone.getDefault(), Instant.now());
    }

    /**
     * What the plugin has left behind.
     *
     * @param before as it was before the start
     * @param after as it was after the start
     * @param threads those that run now
     */
    @SuppressWarnings("ReferenceEquality") // the very same stream
    static List<String> leftBehind(GlobalState before, GlobalState after, Set<Thread> threads) {
        GlobalState now = now();
        var left = new ArrayList<String>();
        if (before.out != after.out && now.out == after.out) {
            left.add("System.out replaced");
        }
        if (before.err != after.err && now.err == after.err) {
            left.add("System.err replaced");
        }
        if (!before.locale.equals(after.locale) && now.locale.equals(after.locale)) {
            left.add("the default locale changed from " + before.locale + " to " + after.locale);
        }
        if (!before.zone.equals(after.zone) && now.zone.equals(after.zone)) {
            left.add("the default time zone changed from " + before.zone.getID() + " to " + after.zone.getID());
        }
        // Looking for children reads all of /proc; while one that Java began runs, a thread of Java waits for its end.
        boolean any = threads.stream().anyMatch(thread -> thread.getName().startsWith("process reaper"));
        String children = any ? children(before.moment.minus(BLUR), after.moment.plus(BLUR)) : "";
        if (!children.isEmpty()) {
            left.add("child processes running: " + children);
        }
        return left;
    }

    private static String children(Instant from, Instant to) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info()
                        .startInstant()
                        .filter(begun -> begun.isAfter(from) && begun.isBefore(to))
                        .isPresent())
                .map(child -> child.pid()
                        + child.info().command().map(command -> " " + command).orElse(""))
                .collect(Collectors.joining(", "));
    }
}
