package io.dmaheap.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.policy.PluginRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A plugin directory with a fake host, and what was heard of it. */
final class Installation implements AutoCloseable, PluginListener {
    final FakeHost host = new FakeHost();
    final List<Problem> problems = new CopyOnWriteArrayList<>();
    /** Those that have not ended. */
    final List<Problem> present = new CopyOnWriteArrayList<>();

    final List<String> changes = new CopyOnWriteArrayList<>();
    /** What happens when a plugin changes its state, within the scan. */
    Consumer<PluginInfo> whenChanged = _ -> {};

    final PluginDirectory directory;
    final Path temporary;

    Installation(Path plugins) {
        this(plugins, PluginRules.NONE);
    }

    Installation(Path plugins, PluginRules rules) {
        this(plugins, rules, new JarInspector()::inspect);
    }

    Installation(Path plugins, PluginRules rules, BiFunction<Path, Path, PluginJar> inspection) {
        try {
            temporary = Files.createTempDirectory("installation");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        directory = new PluginDirectory(plugins, host, rules, Set.of(), this, new JarReader(temporary, inspection));
    }

    @Override
    public void changed(PluginInfo plugin) {
        whenChanged.accept(plugin);
        changes.add(plugin.id() + " " + plugin.state());
    }

    @Override
    public void problem(Problem problem) {
        problems.add(problem);
        present.add(problem);
    }

    @Override
    public void ended(Problem problem) {
        assertThat(present.remove(problem)).as("told before: %s", problem).isTrue();
    }

    void scan() {
        directory.scan();
    }

    PluginInfo plugin(String id) {
        List<PluginInfo> found = directory.plugins().stream()
                .filter(info -> info.id().equals(id))
                .toList();
        assertThat(found).as("plugins with the id %s", id).hasSize(1);
        return found.getFirst();
    }

    PluginInfo.State state(String id) {
        return plugin(id).state();
    }

    List<String> ids() {
        return directory.plugins().stream().map(PluginInfo::id).toList();
    }

    /** The only problem so far. */
    Problem problem() {
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }

    /** How many descriptors of this process refer to a working copy of a plugin, deleted or not. */
    int openJars() {
        int count = 0;
        for (Path descriptor : list(Path.of("/proc/self/fd"))) {
            try {
                Path file = Files.readSymbolicLink(descriptor);
                if (file.startsWith(temporary) && file.toString().contains(".jar")) {
                    count++;
                }
            } catch (IOException closedMeanwhile) {
                continue;
            }
        }
        return count;
    }

    /** The folder of working copies, if there is one. */
    List<Path> workingCopies() {
        return list(temporary);
    }

    /** Deletes all working copies, as a cleaner of temporary files does. */
    void cleanTemporary() {
        try (Stream<Path> files = Files.walk(temporary)) {
            for (Path file :
                    files.filter(one -> !one.equals(temporary)).toList().reversed()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(files.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes, and sees that nothing is left: each test has to give back its buffers. */
    @Override
    public void close() {
        directory.close();
        Awaitility.await().until(() -> directory.plugins().isEmpty());
        directory.close();
        assertThat(openJars()).as("open jars").isZero();
        assertThat(workingCopies()).isEmpty();
        try {
            Files.delete(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
