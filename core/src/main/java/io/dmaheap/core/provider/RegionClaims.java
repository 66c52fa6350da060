package io.dmaheap.core.provider;

import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.provider.RegionOwners.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The plugins whose heaps give out a region ({@link io.dmaheap.spi.HeapSpec#regions}). The order in which they came decides nothing: a
 * pinned plugin goes before others, and of several equals none may take memory of the region. What a plugin cannot give out is reported
 * as a problem, which ends when the others have stopped.
 *
 * <p>Safe for use by several threads.
 */
final class RegionClaims {
    private final Problems problems;
    /** By region; guarded by this. */
    private final Map<String, Set<User>> claims = new HashMap<>();
    /** What was reported and has not ended, by region; guarded by this. */
    private final Map<String, List<Problem>> reported = new HashMap<>();

    RegionClaims(Problems problems) {
        this.problems = problems;
    }

    /** A version of a plugin offers a heap that gives out these regions. */
    void add(User user, List<String> regions) {
        synchronized (this) {
            regions.forEach(region ->
                    claims.computeIfAbsent(region, _ -> new HashSet<>()).add(user));
        }
        report(regions);
    }

    /** A version of a plugin has stopped. */
    void remove(User user) {
        List<String> regions;
        synchronized (this) {
            regions = claims.entrySet().stream()
                    .filter(claim -> claim.getValue().remove(user))
                    .map(Map.Entry::getKey)
                    .toList();
            claims.values().removeIf(Set::isEmpty);
        }
        report(regions);
    }

    /** The plugins that may take memory of a region: one, several that stand in each other's way, or none if no heap gives it out. */
    synchronized Set<String> entitled(String region) {
        Set<User> all = claims.getOrDefault(region, Set.of());
        boolean pinned = all.stream().anyMatch(User::pinned);
        return plugins(all.stream().filter(user -> user.pinned() == pinned).toList());
    }

    private static Set<String> plugins(Collection<User> users) {
        return users.stream().map(User::plugin).collect(Collectors.toCollection(TreeSet::new));
    }

    private void report(List<String> regions) {
        List<Problem> begun = new ArrayList<>();
        List<Problem> ended = new ArrayList<>();
        synchronized (this) {
            for (String region : regions) {
                List<Problem> now = clashes(region);
                List<Problem> before = reported.getOrDefault(region, List.of());
                now.stream().filter(problem -> !before.contains(problem)).forEach(begun::add);
                before.stream().filter(problem -> !now.contains(problem)).forEach(ended::add);
                reported.put(region, now);
            }
            reported.values().removeIf(List::isEmpty);
        }
        ended.forEach(problems::end);
        begun.forEach(problems::report);
    }

    private List<Problem> clashes(String region) {
        Set<String> all = plugins(claims.getOrDefault(region, Set.of()));
        Set<String> entitled = entitled(region);
        return all.stream()
                .filter(plugin -> entitled.size() > 1 || !entitled.contains(plugin))
                .map(plugin -> clash(region, plugin, entitled))
                .toList();
    }

    private static Problem clash(String region, String plugin, Set<String> entitled) {
        String others = entitled.stream().filter(other -> !other.equals(plugin)).collect(Collectors.joining(", "));
        return entitled.contains(plugin)
                ? Problem.of(
                        Problem.Kind.DUPLICATE_REGION,
                        plugin,
                        "cannot give out the region " + region + ": " + others
                                + " gives it out as well, so neither can",
                        "Remove one of the plugins, or pin the one that is meant in the policy file (pin.ID)",
                        null)
                : Problem.of(
                        Problem.Kind.DUPLICATE_REGION,
                        plugin,
                        "cannot give out the region " + region + ", which belongs to " + others,
                        "Remove the plugin: a region has one owner",
                        null);
    }
}
