package io.dmaheap.core.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Other names for heaps. An alias whose name ends in {@code *} stands for every name with that beginning, and a {@code *} at the end
 * of its targets for the rest of the name. Aliases of aliases count too; circles do no harm.
 */
public final class Aliases {
    private final Map<String, List<String>> targets;

    Aliases(Map<String, List<String>> targets) {
        this.targets = Map.copyOf(targets);
    }

    /** The names to look under when no heap is called {@code name}, nearest first; without {@code name} itself. */
    public List<String> of(String name) {
        Set<String> seen = new LinkedHashSet<>();
        var next = new ArrayDeque<String>();
        next.add(name);
        while (!next.isEmpty()) {
            String current = next.remove();
            if (seen.add(current)) {
                next.addAll(direct(current));
            }
        }
        seen.remove(name);
        return List.copyOf(seen);
    }

    /** The names that are no heaps of their own and lead to {@code heap}, sorted; patterns are left out. */
    public List<String> leadingTo(String heap) {
        return targets.keySet().stream()
                .filter(alias -> !alias.endsWith("*") && !alias.equals(heap))
                .filter(alias -> of(alias).contains(heap))
                .sorted()
                .toList();
    }

    private List<String> direct(String name) {
        List<String> exact = targets.get(name);
        if (exact != null) {
            return exact;
        }
        var found = new ArrayList<String>();
        targets.forEach((pattern, names) -> {
            if (pattern.endsWith("*") && name.startsWith(pattern.substring(0, pattern.length() - 1))) {
                String rest = name.substring(pattern.length() - 1);
                names.forEach(target ->
                        found.add(target.endsWith("*") ? target.substring(0, target.length() - 1) + rest : target));
            }
        });
        return found;
    }
}
