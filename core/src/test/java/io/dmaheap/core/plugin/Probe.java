package io.dmaheap.core.plugin;

import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.policy.PluginRules;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads a plugin directory in a JVM of its own and prints what went wrong, for {@link OtherJvmTests}. */
final class Probe implements PluginListener {
    private Probe() {}

    public static void main(String[] arguments) {
        var trusted = new PluginRules(Set.of("trusted"), Optional.empty(), Map.of());
        try (var directory =
                new PluginDirectory(Path.of(arguments[0]), new FakeHost(), trusted, Set.of(), new Probe())) {
            directory.scan();
        }
    }

    @Override
    public void changed(PluginInfo plugin) {}

    @Override
    public void problem(Problem problem) {
        System.out.println(problem.kind() + " " + problem);
    }
}
