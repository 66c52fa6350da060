package io.dmaheap.cli.output;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** Guesses what somebody meant to type. */
public final class Near {
    private static final int SHOWN = 3;

    private Near() {}

    /** {@code ", did you mean x or y?"}, or nothing if no word comes near. */
    public static String hint(String asTyped, Collection<String> words) {
        String typed = asTyped.toLowerCase(Locale.ROOT);
        String near = words.stream()
                .filter(word -> isNear(typed, word.toLowerCase(Locale.ROOT)))
                .sorted(Comparator.comparingInt((String word) -> distance(typed, word.toLowerCase(Locale.ROOT))))
                .limit(SHOWN)
                .collect(Collectors.joining(" or "));
        return near.isEmpty() ? "" : ", did you mean " + near + "?";
    }

    private static boolean isNear(String typed, String word) {
        return word.startsWith(typed)
                || typed.startsWith(word)
                || distance(typed, word) <= Math.max(1, word.length() / 3);
    }

    /** How many letters must be added, dropped or changed to turn one word into the other. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int changed = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(changed, 1 + Math.min(above[column], current[column - 1]));
            }
            above = current;
        }
        return above[to.length()];
    }
}
