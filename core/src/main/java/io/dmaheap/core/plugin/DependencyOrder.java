package io.dmaheap.core.plugin;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The order in which jars can be loaded: each after all that it depends on. A module layer needs its parents when it is made, and
 * directories list files in no useful order. Where optional dependencies make a circle, one of its jars is loaded without.
 *
 * @param sorted those that can be loaded, in order; among equals the order in which they were given
 * @param cycles those that wait for themselves, with the circle written out
 */
record DependencyOrder(List<PluginJar> sorted, Map<PluginJar, String> cycles) {

    /** Sorts jars. What needs a jar that is not among them, or a circle, comes out last: loading it then says what is missing. */
    static DependencyOrder of(List<PluginJar> jars) {
        List<PluginJar> remaining = new ArrayList<>(jars);
        List<PluginJar> sorted = new ArrayList<>();
        Map<PluginJar, String> cycles = new LinkedHashMap<>();
        while (!remaining.isEmpty()) {
            List<PluginJar> waiting = List.copyOf(remaining);
            List<PluginJar> free = waiting.stream()
                    .filter(jar -> neighbours(jar, waiting).isEmpty())
                    .toList();
            if (free.isEmpty()) {
                // Every jar waits for another one here, so there is a circle.
                free = withoutOptional(waiting).map(List::of).orElse(List.of());
            }
            if (free.isEmpty()) {
                waiting.forEach(jar ->
                        circle(jar, waiting, DependencyOrder::needed).ifPresent(circle -> cycles.put(jar, circle)));
                remaining.removeAll(cycles.keySet());
            } else {
                sorted.addAll(free);
                remaining.removeIf(new HashSet<>(free)::contains);
            }
        }
        return new DependencyOrder(sorted, cycles);
    }

    /** The first jar of a circle that can do without what it waits for. Jars that only wait for a circle come after it. */
    private static Optional<PluginJar> withoutOptional(List<PluginJar> waiting) {
        return waiting.stream()
                .filter(jar -> needed(jar, waiting).isEmpty())
                .filter(jar -> circle(jar, waiting, DependencyOrder::neighbours).isPresent())
                .findFirst();
    }

    private static List<PluginJar> neighbours(PluginJar jar, List<PluginJar> jars) {
        // Most plugins depend on none, and a directory may have hundreds.
        return jar.dependencies().isEmpty() ? List.of() : neighboursAmong(jar, jars);
    }

    private static List<PluginJar> neighboursAmong(PluginJar jar, List<PluginJar> jars) {
        return jars.stream().filter(other -> jar.dependsOn(other.id())).toList();
    }

    private static List<PluginJar> needed(PluginJar jar, List<PluginJar> jars) {
        return jars.stream().filter(other -> jar.needs(other.id())).toList();
    }

    /** The shortest way from a jar back to itself, such as {@code a -> b -> a}. */
    private static Optional<String> circle(
            PluginJar start, List<PluginJar> jars, BiFunction<PluginJar, List<PluginJar>, List<PluginJar>> step) {
        Map<PluginJar, String> ways = new LinkedHashMap<>();
        Deque<PluginJar> next = new ArrayDeque<>(List.of(start));
        ways.put(start, start.id());
        while (!next.isEmpty()) {
            PluginJar here = next.remove();
            for (PluginJar neighbour : step.apply(here, jars)) {
                String way = ways.get(here) + " -> " + neighbour.id();
                if (neighbour.equals(start)) {
                    return Optional.of(way);
                }
                if (ways.putIfAbsent(neighbour, way) == null) {
                    next.add(neighbour);
                }
            }
        }
        return Optional.empty();
    }
}
