package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporary files are cleaned while a plugin is on its way from its working copy into the JVM. */
class LostCopyTests {
    @TempDir
    Path plugins;

    private Installation machine;

    @BeforeEach
    void install() throws IOException {
        machine = new Installation(plugins);
        plugin("vendor.a").writeTo(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private void cleanWhen(State state) {
        machine.whenChanged = (PluginInfo changed) -> {
            if (changed.state() == state) {
                machine.cleanTemporary();
            }
        };
    }

    @Test
    void aPluginWhoseCopyIsLostBeforeItIsLoadedIsTriedAgain() {
        cleanWhen(State.DISCOVERED);
        machine.scan();
        assertThat(machine.state("vendor.a")).isEqualTo(State.FAILED);
        assertThat(machine.present).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.NO_WORKING_COPY);
            assertThat(problem.message()).contains(machine.temporary.toString(), "was deleted");
        });

        machine.whenChanged = _ -> {};
        machine.scan();

        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);
        assertThat(machine.present).isEmpty();
    }

    @Test
    void aPluginThatIsLoadedDoesNotNeedItsCopy() {
        cleanWhen(State.RESOLVED);
        machine.scan();

        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);
        assertThat(machine.problems).isEmpty();
    }
}
