package io.dmaheap.core.registry;

import io.dmaheap.Problem;
import java.util.List;

/**
 * A heap that does not have the name it was registered with, since other plugins offer a heap of that name.
 *
 * @param heap the name
 * @param plugin whose heap it is
 * @param others the plugins that stand in its way
 * @param owned whether one of them has the name; otherwise no plugin has it
 */
public record NameClash(String heap, String plugin, List<String> others, boolean owned) {

    /** For the operator. */
    public Problem problem() {
        String who = String.join(", ", others);
        return owned
                ? Problem.of(
                        Problem.Kind.DUPLICATE_HEAP,
                        plugin,
                        "cannot offer the heap " + heap + ": the name belongs to " + who,
                        "Remove the plugin, or ask its vendor for another name",
                        null)
                : Problem.of(
                        Problem.Kind.DUPLICATE_HEAP,
                        plugin,
                        "cannot offer the heap " + heap + ": " + who
                                + " offers one of the same name, so neither has it",
                        "Remove one of the plugins, or pin the one that is meant in the policy file (pin.ID)",
                        null);
    }
}
