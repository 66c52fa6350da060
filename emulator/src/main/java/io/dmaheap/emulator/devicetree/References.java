package io.dmaheap.emulator.devicetree;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Labels, and who refers to them. A source may refer to a node that comes later, so it is read twice: the first reading collects, then
 * {@link #resolve} gives numbers, and the second reading finds an answer for each reference.
 */
final class References {
    private final Map<String, String> labels = new HashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Map<String, Integer> phandles = new HashMap<>();
    private final Map<String, Integer> assigned = new HashMap<>();
    private final Set<String> paths = new HashSet<>();
    private boolean resolved;

    /** Names a node; false if the label names another one. */
    boolean define(String label, String path) {
        return path.equals(labels.computeIfAbsent(label, l -> path));
    }

    /** The phandle of a label or path, as soon as it is known; any number before that. */
    OptionalInt phandleOf(String target) {
        if (!resolved) {
            wanted.add(target);
            return OptionalInt.of(0);
        }
        return pathOf(target).stream().mapToInt(phandles::get).findFirst();
    }

    /** The path of a label, or a path itself if there is such a node; any path before that is known. */
    Optional<String> pathOf(String target) {
        if (!resolved) {
            return Optional.of("/");
        }
        return Optional.ofNullable(labels.get(target))
                .or(() -> Optional.of(target).filter(paths::contains));
    }

    /**
     * Numbers the nodes that are referred to: with the phandle that they have, or the next free one in order of the first reference,
     * which is how dtc does it.
     */
    void resolve(DeviceTree draft) {
        resolved = true;
        for (var node : draft.nodes()) {
            paths.add(node.path());
            node.phandle().ifPresent(phandle -> phandles.put(node.path(), phandle));
        }
        var taken = new HashSet<>(phandles.values());
        int next = 1;
        for (String target : wanted) {
            var path = pathOf(target);
            if (path.isPresent() && !phandles.containsKey(path.get())) {
                while (!taken.add(next)) {
                    next++;
                }
                phandles.put(path.get(), next);
                assigned.put(path.get(), next);
            }
        }
    }

    /** The phandle that the node needs and does not have, once. */
    OptionalInt takeAssigned(String path) {
        var phandle = assigned.remove(path);
        return phandle == null ? OptionalInt.empty() : OptionalInt.of(phandle);
    }
}
