package io.dmaheap.conformance.zoo;

import io.dmaheap.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an encounter with one kind of plugin must look like. Whatever the kind: the shipped heaps work, every call ends in time, all
 * counts are zero in the end, and nothing else is reported or refused than what is expected.
 *
 * @param status the exit status of the JVM; other than 0 for a plugin that ends it, and then nothing else can be told
 * @param offered whether the plugin's heap is there
 * @param problem the kind of the one problem, if there is one
 * @param says what the problem's message must contain
 * @param refusals the uses of the heap that are refused, and how: an error code, or the simple name of a throwable that is not the
 *     framework's
 * @param blocked the use that does not return; its caller waits alone, and what it has taken so far stays counted
 * @param overdue whether a call into the plugin never returns
 * @param quarantined whether memory is withheld
 * @param interrupts whether the plugin interrupts its caller
 * @param passing whether the problem ends by itself, perhaps before it can be seen
 */
record Expected(
        int status,
        boolean offered,
        Problem.@Nullable Kind problem,
        String says,
        Map<String, String> refusals,
        @Nullable String blocked,
        boolean overdue,
        boolean quarantined,
        boolean interrupts,
        boolean passing) {
    /** How many times the limit for calls into plugins a call of the framework may take, since the plugins take turns. */
    private static final int LONGEST_CALL = 4;

    /** What a call of the framework may take beside calls into plugins, in milliseconds; far more than it needs. */
    private static final long OTHER_WORK = 10_000;

    private static final Set<String> SHIPPED =
            Set.of("heaps-system", "heaps-cma", "heaps-restricted-mtk", "heaps-restricted-linaro", "heaps-panthor");

    Expected {
        refusals = Map.copyOf(refusals);
    }

    /** The plugin works, for all that can be seen. */
    static Expected harmless() {
        return new Expected(0, true, null, "", Map.of(), null, false, false, false, false);
    }

    /** The plugin is not used, for this reason. */
    static Expected failed(Problem.Kind problem, String says) {
        return new Expected(0, false, problem, says, Map.of(), null, false, false, false, false);
    }

    /** The plugin is used, and this problem is reported. */
    static Expected reported(Problem.Kind problem, String says) {
        return new Expected(0, true, problem, says, Map.of(), null, false, false, false, false);
    }

    /** The plugin is used, and these uses fail. */
    static Expected refused(String refusal, String... uses) {
        return harmless().refusing(refusal, uses);
    }

    /** The plugin ends the JVM. */
    static Expected ended(int status) {
        return new Expected(status, false, null, "", Map.of(), null, false, false, false, false);
    }

    Expected refusing(String how, String... which) {
        var all = new TreeMap<>(refusals);
        for (String use : which) {
            all.put(use, how);
        }
        return new Expected(status, offered, problem, says, all, blocked, overdue, quarantined, interrupts, passing);
    }

    Expected blocking(String use) {
        return new Expected(status, offered, problem, says, refusals, use, overdue, quarantined, interrupts, passing);
    }

    Expected everOverdue() {
        return new Expected(status, offered, problem, says, refusals, blocked, true, quarantined, interrupts, passing);
    }

    Expected withholding() {
        return new Expected(status, offered, problem, says, refusals, blocked, overdue, true, interrupts, passing);
    }

    Expected interrupting() {
        return new Expected(status, offered, problem, says, refusals, blocked, overdue, quarantined, true, passing);
    }

    /** The plugin is gone soon, and its problem with it. */
    Expected thatPasses() {
        return new Expected(status, offered, problem, says, refusals, blocked, overdue, quarantined, interrupts, true);
    }

    /** Whether a call into the plugin takes longer than its limit, or never ends. */
    boolean exceedsTheLimit() {
        return problem == Problem.Kind.PLUGIN_OVERDUE || overdue || blocked != null;
    }

    /**
     * What differs, in words; empty if all is as expected.
     *
     * @param callLimit the limit for calls into plugins
     */
    List<String> complaints(Sighting seen, Duration callLimit) {
        var complaints = new ArrayList<String>();
        if (seen.status() != status) {
            complaints.add(
                    seen.status() == Sighting.KILLED
                            ? "its JVM did not end and was killed; it printed: " + seen.printed()
                            : "its JVM ended with " + seen.status() + ", not " + status + ": " + seen.printed());
            return complaints;
        }
        if (status != 0) {
            return complaints;
        }
        seen.facts("escaped").forEach(words -> complaints.add("what must not escape did: " + words));
        seen.facts("time").forEach(words -> {
            if (Long.parseLong(words.get(2)) > LONGEST_CALL * callLimit.toMillis() + OTHER_WORK) {
                complaints.add(words.get(1) + " took " + words.get(2) + " ms");
            }
        });
        differ(
                complaints,
                "offered",
                String.valueOf(offered),
                firstWord(seen, "offered").orElse("unknown"));
        differ(
                complaints,
                "blocked",
                String.valueOf(blocked),
                firstWord(seen, "blocked").orElse("null"));
        differ(
                complaints,
                "interrupts",
                interrupts,
                seen.facts("interrupted").findAny().isPresent());
        compareProblems(complaints, seen);
        compareRefusals(complaints, seen);
        compareShipped(complaints, seen);
        compareUsage(complaints, seen);
        return complaints;
    }

    private static Optional<String> firstWord(Sighting seen, String fact) {
        return seen.facts(fact).map(words -> words.get(1)).findFirst();
    }

    private static void differ(List<String> complaints, String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            complaints.add(what + ": expected " + expected + ", was " + actual);
        }
    }

    private void compareProblems(List<String> complaints, Sighting seen) {
        // One for each buffer is one problem.
        var problems = seen.facts("problem").toList();
        if (passing && problems.isEmpty()) {
            return;
        }
        if ((problem == null) != problems.isEmpty()) {
            complaints.add(
                    "expected " + (problem == null ? "no problem" : "one problem, " + problem) + ", were " + problems);
            return;
        }
        for (List<String> words : problems) {
            differ(complaints, "problem", String.valueOf(problem), words.get(1));
            if (!words.get(3).contains(says)) {
                complaints.add("the problem does not say \"" + says + "\" but: " + words.get(3));
            }
        }
    }

    private void compareRefusals(List<String> complaints, Sighting seen) {
        var refused = new TreeSet<String>();
        seen.facts("refused").forEach(words -> {
            refused.add(words.get(1));
            if (!words.get(2).equals(refusals.get(words.get(1)))) {
                complaints.add("refused: " + words);
            }
        });
        for (String use : refusals.keySet()) {
            if (!refused.contains(use)) {
                complaints.add("not refused: " + use);
            }
        }
    }

    private static void compareShipped(List<String> complaints, Sighting seen) {
        var working = new TreeSet<String>();
        seen.facts("shipped").forEach(words -> {
            if (words.get(3).equals("works")) {
                working.add(words.get(1));
            } else {
                complaints.add("a shipped heap does not work: " + words);
            }
        });
        if (!working.containsAll(SHIPPED)) {
            complaints.add("of the shipped plugins only these offer heaps: " + working);
        }
    }

    private void compareUsage(List<String> complaints, Sighting seen) {
        List<List<String>> usages = seen.facts("usage").toList();
        if (usages.size() != 2) {
            complaints.add("the counts are missing");
        }
        for (List<String> words : usages) {
            if (blocked == null && !words.get(2).equals("true")) {
                complaints.add("counts are not zero: " + words);
            }
            differ(
                    complaints,
                    "memory withheld when " + words.get(1),
                    quarantined,
                    !words.get(3).equals("0"));
        }
        if (!usages.isEmpty()) {
            differ(
                    complaints,
                    "a call overdue in the end",
                    overdue,
                    !usages.getLast().get(4).equals("0"));
        }
    }
}
