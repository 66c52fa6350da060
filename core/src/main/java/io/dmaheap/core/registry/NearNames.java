package io.dmaheap.core.registry;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds the names that come near one that does not exist. */
public final class NearNames {
    private static final int SHOWN = 3;

    private NearNames() {}

    /** Guesses which of the names was meant, or lists them where none comes near. */
    public static String hint(String wanted, Collection<String> names) {
        if (names.isEmpty()) {
            return "There are no heaps at all: `dmaheap doctor` says why";
        }
        List<String> near = of(wanted, names);
        return near.isEmpty()
                ? "There is " + names.stream().sorted().collect(Collectors.joining(", "))
                        + "; `dmaheap list` shows more"
                : "Did you mean " + String.join(" or ", near) + "? `dmaheap list` shows all";
    }

    /** The names that come near, nearest first, at most {@value #SHOWN}. Capitals do not count: people type them where there are none. */
    public static List<String> of(String wanted, Collection<String> names) {
        String typed = wanted.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> isNear(typed, name.toLowerCase(Locale.ROOT)))
                .sorted(Comparator.comparingInt((String name) -> distance(typed, name.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .toList();
    }

    private static boolean isNear(String wanted, String name) {
        return name.contains(wanted)
                || wanted.contains(name)
                || distance(wanted, name) <= Math.max(2, name.length() / 3);
    }

    /** The edits (insert, delete, replace) that turn one word into the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
