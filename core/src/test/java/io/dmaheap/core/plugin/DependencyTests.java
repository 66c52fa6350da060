package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static io.dmaheap.testplugins.PluginJars.registerHeap;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem.Kind;
import io.dmaheap.testplugins.PluginJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that need other plugins. */
class DependencyTests {
    @TempDir
    static Path built;

    private static Path base;
    private static Path user;

    @TempDir
    Path plugins;

    private Installation machine;

    @BeforeAll
    static void build() {
        PluginJars offering = offering("z.base", "1.2.0");
        base = offering.writeTo(built);
        user = using("a.user", offering, base).writeTo(built);
    }

    private static PluginJars offering(String id, String version) {
        return plugin(id)
                .version(version)
                .directive("exports " + id + ";")
                .source(
                        "Shared",
                        "public class Shared { public static String name() { return \"%s\"; } }".formatted(version));
    }

    private static PluginJars using(String id, PluginJars other, Path jar) {
        return plugin(id).dependsOn(other, jar).onStart(registerHeap("\"with-\" + z.base.Shared.name()"));
    }

    @BeforeEach
    void install() {
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private Path put(Path jar) throws IOException {
        return Files.copy(jar, plugins.resolve(jar.getFileName()));
    }

    @Test
    void startsADependencyFirstThoughItsFileComesLaterAndIsOlder() throws IOException {
        put(user);
        Files.setLastModifiedTime(put(base), FileTime.fromMillis(1_000_000));

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.host.calls).containsExactly("start z.base", "start a.user");
        assertThat(machine.plugin("a.user").heaps()).containsExactly("with-1.2.0");
    }

    @Test
    void failsWithoutTheDependencyAndStartsWhenItArrives() throws IOException {
        put(user);
        machine.scan();
        assertThat(machine.problem().kind()).isEqualTo(Kind.MISSING_DEPENDENCY);
        assertThat(machine.problem().message()).contains("z.base");
        assertThat(machine.state("a.user")).isEqualTo(State.FAILED);

        put(base);
        machine.scan();

        assertThat(machine.state("a.user")).isEqualTo(State.STARTED);
        assertThat(machine.plugin("a.user").problem()).isEmpty();
    }

    @Test
    void failsWithADependencyThatFailed() throws IOException {
        put(user);
        plugin("z.base").onStart("throw new RuntimeException(\"no\");").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems)
                .extracting(problem -> problem.subject() + " " + problem.kind())
                .containsExactly("z.base PLUGIN_THREW", "a.user MISSING_DEPENDENCY");
    }

    @Test
    void failsWithADependencyOfAnotherVersion() throws IOException {
        put(base);
        plugin("picky").attribute("Plugin-Dependencies", "z.base@>=2.0.0").writeTo(plugins);

        machine.scan();

        assertThat(machine.problem().kind()).isEqualTo(Kind.MISSING_DEPENDENCY);
        assertThat(machine.problem().message()).contains(">=2.0.0", "z.base@1.2.0");
        assertThat(machine.state("z.base")).isEqualTo(State.STARTED);
    }

    @Test
    void readsSeveralDependenciesWithRangesAndBlanks() throws IOException {
        put(base);
        plugin("several")
                .attribute("Plugin-Dependencies", " z.base@>=1.0.0 & <2.0.0 , nowhere?@1.0.0 ")
                .writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.host.calls).containsExactly("start z.base", "start several");
    }

    @Test
    void aCircleOfOptionalDependenciesFailsNone() {
        plugin("a.one").attribute("Plugin-Dependencies", "b.two?").writeTo(plugins);
        plugin("b.two").attribute("Plugin-Dependencies", "c.three?").writeTo(plugins);
        plugin("c.three").attribute("Plugin-Dependencies", "a.one").writeTo(plugins);
        plugin("d.guest").attribute("Plugin-Dependencies", "b.two?").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.host.calls)
                .containsExactlyInAnyOrder("start a.one", "start b.two", "start c.three", "start d.guest");
        assertThat(machine.host.calls).containsSubsequence("start a.one", "start c.three", "start b.two");
        assertThat(machine.host.calls).containsSubsequence("start b.two", "start d.guest");
    }

    @Test
    void aCircleOfNeededDependenciesFailsItsMembersAloneThoughOthersAreOptional() {
        plugin("a.one").attribute("Plugin-Dependencies", "b.two").writeTo(plugins);
        plugin("b.two").attribute("Plugin-Dependencies", "a.one, c.three?").writeTo(plugins);
        plugin("c.three").attribute("Plugin-Dependencies", "b.two?").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems)
                .extracting(problem -> problem.subject() + " " + problem.kind())
                .containsExactlyInAnyOrder("a.one MISSING_DEPENDENCY", "b.two MISSING_DEPENDENCY");
        assertThat(machine.state("c.three")).isEqualTo(State.STARTED);
    }

    @Test
    void doesWithoutAnOptionalDependency() {
        plugin("modest").attribute("Plugin-Dependencies", "z.base?").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.state("modest")).isEqualTo(State.STARTED);
    }

    @Test
    void writesOutACircleAndFailsWhoDependsOnIt() {
        plugin("c.one").attribute("Plugin-Dependencies", "c.two").writeTo(plugins);
        plugin("c.two").attribute("Plugin-Dependencies", "c.three").writeTo(plugins);
        plugin("c.three").attribute("Plugin-Dependencies", "c.one").writeTo(plugins);
        plugin("behind").attribute("Plugin-Dependencies", "c.one").writeTo(plugins);
        plugin("good").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).allMatch(problem -> problem.kind() == Kind.MISSING_DEPENDENCY);
        assertThat(machine.problems)
                .extracting(problem -> problem.subject() + ": " + problem.message())
                .containsExactlyInAnyOrder(
                        "c.one: it depends on itself: c.one -> c.two -> c.three -> c.one",
                        "c.two: it depends on itself: c.two -> c.three -> c.one -> c.two",
                        "c.three: it depends on itself: c.three -> c.one -> c.two -> c.three",
                        "behind: it depends on c.one, which failed");
        assertThat(machine.state("good")).isEqualTo(State.STARTED);
    }

    @Test
    void drainsAndStopsTheDependentBeforeItsDependency() throws IOException {
        put(user);
        Path removed = put(base);
        machine.scan();
        machine.host.calls.clear();
        Files.delete(removed);

        machine.scan();

        assertThat(machine.host.calls).containsExactly("drain a.user", "drain z.base", "stop a.user", "stop z.base");
        assertThat(machine.ids()).containsExactly("a.user");
        assertThat(machine.problem().kind()).isEqualTo(Kind.MISSING_DEPENDENCY);
    }

    @Test
    void keepsADependencyLoadedUntilTheLastBufferOfItsDependentIsGone() throws IOException {
        put(user);
        Path removed = put(base);
        machine.scan();
        machine.host.allocate("a.user");
        Files.delete(removed);

        machine.scan();
        assertThat(machine.directory.plugins())
                .extracting(info -> info.id() + " " + info.state())
                .containsExactlyInAnyOrder("z.base DRAINING", "a.user DRAINING", "a.user FAILED");
        assertThat(machine.host.calls).doesNotContain("stop z.base");

        machine.host.free("a.user");
        machine.scan();
        assertThat(machine.host.calls).endsWith("stop a.user", "stop z.base");
        assertThat(machine.ids()).containsExactly("a.user");
    }

    @Test
    void loadsTheDependentAgainWhenItsDependencyIsReplaced() throws IOException {
        put(user);
        put(base);
        machine.scan();
        assertThat(machine.plugin("a.user").heaps()).containsExactly("with-1.2.0");

        offering("z.base", "1.3.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.plugin("z.base").version()).isEqualTo("1.3.0");
        assertThat(machine.plugin("a.user").heaps()).containsExactly("with-1.3.0");
    }
}
