package io.dmaheap.core.policy;

import io.dmaheap.core.policy.PolicyFile.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a list of heaps in order of preference, such as {@code camera@64000000, default_cma_region}. Blanks separate the names, and a comma
 * may end one; a comma within a name belongs to it, as in {@code protected,secure-video}.
 */
final class HeapList {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.,+@:#~-]{0,62}");
    private static final String HINT =
            "Write the names of heaps, best first, with blanks between them, such as camera@64000000, default_cma_region";

    private HeapList() {}

    /**
     * Reads the names.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#INVALID_CONFIGURATION} with the place of the setting
     */
    static List<String> of(Setting setting) {
        if (setting.value().isEmpty()) {
            throw setting.wrong("no heap is named", HINT);
        }
        Set<String> names = new LinkedHashSet<>();
        for (String word : setting.value().split("\\s+")) {
            String name = word.endsWith(",") ? word.substring(0, word.length() - 1) : word;
            if (name.endsWith(",") || !NAME.matcher(name).matches()) {
                throw setting.wrong("not the name of a heap: '" + word + "'", HINT);
            }
            if (!names.add(name)) {
                throw setting.wrong(name + " is named twice", HINT);
            }
        }
        return List.copyOf(names);
    }
}
