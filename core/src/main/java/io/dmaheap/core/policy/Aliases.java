package io.dmaheap.core.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Other names for heaps. An alias whose name ends in {@code *} stands for every name with that beginning, and a {@code *} at the end
 * of its targets for the rest of the name. An exact alias wins over patterns, and longer patterns come before shorter ones. Aliases of
 * aliases count too; circles do no harm.
 */
public final class Aliases {
    /** Patterns may make ever longer names of their own names: {@code a* = aa*}. */
    private static final int MOST_NAMES = 100;

    private final Map<String, List<String>> targets;
    private final Map<String, List<String>> exact;
    private final List<Pattern> patterns;

    private record Pattern(String beginning, List<String> targets) {
        List<String> of(String name) {
            String rest = name.substring(beginning.length());
            return targets.stream()
                    .map(target -> isPattern(target) ? withoutStar(target) + rest : target)
                    .toList();
        }
    }

    private final Supplier<Map<String, String>> links;

    Aliases(Map<String, List<String>> targets) {
        this(targets, Map::of);
    }

    private Aliases(Map<String, List<String>> targets, Supplier<Map<String, String>> links) {
        this.links = links;
        this.targets = targets;
        this.exact = Map.copyOf(targets);
        this.patterns = targets.entrySet().stream()
                .filter(entry -> isPattern(entry.getKey()))
                .map(entry -> new Pattern(withoutStar(entry.getKey()), entry.getValue()))
                .sorted(Comparator.comparingInt(
                                (Pattern pattern) -> -pattern.beginning().length())
                        .thenComparing(Pattern::beginning))
                .toList();
    }

    /** These aliases and, after them, what the platform tells now: the name of a heap by each of its further names. */
    public Aliases with(Supplier<Map<String, String>> ofPlatform) {
        return new Aliases(targets, ofPlatform);
    }

    /** The names to look under when no heap is called {@code name}, nearest first; without {@code name} itself. */
    public List<String> of(String name) {
        Set<String> seen = new LinkedHashSet<>();
        var next = new ArrayDeque<String>();
        next.add(name);
        while (!next.isEmpty() && seen.size() <= MOST_NAMES) {
            String current = next.remove();
            if (seen.add(current)) {
                next.addAll(direct(current));
            }
        }
        seen.remove(name);
        return List.copyOf(seen);
    }

    /** The names that lead to a heap, sorted, for each name of a heap that some lead to; patterns are left out. */
    public Map<String, List<String>> leading() {
        var leading = new HashMap<String, List<String>>();
        Stream.concat(exact.keySet().stream(), links.get().keySet().stream())
                .distinct()
                .filter(alias -> !isPattern(alias))
                .sorted()
                .forEach(alias -> of(alias)
                        .forEach(heap -> leading.computeIfAbsent(heap, _ -> new ArrayList<>())
                                .add(alias)));
        return leading;
    }

    private List<String> direct(String name) {
        List<String> found = exact.get(name);
        String link = links.get().get(name);
        if (found != null || link != null) {
            return Stream.concat(found == null ? Stream.empty() : found.stream(), Stream.ofNullable(link))
                    .toList();
        }
        return patterns.stream()
                .filter(pattern -> name.startsWith(pattern.beginning()))
                .flatMap(pattern -> pattern.of(name).stream())
                .toList();
    }

    private static boolean isPattern(String name) {
        return name.endsWith("*");
    }

    private static String withoutStar(String pattern) {
        return pattern.substring(0, pattern.length() - 1);
    }
}
