package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static io.dmaheap.testplugins.PluginJars.registerHeap;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem.Kind;
import io.dmaheap.core.policy.PluginRules;
import io.dmaheap.testplugins.PluginJars;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native code is a grant of the operator to one plugin. These tests run with {@code --illegal-native-access=deny}. */
class NativeAccessTests {
    @TempDir
    Path plugins;

    private Installation machine;

    @BeforeEach
    void install() {
        machine = new Installation(plugins, new PluginRules(Set.of("trusted"), Optional.empty(), Map.of()));
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private static PluginJars callingNativeCode(String id) {
        return plugin(id).onStart("""
                        try {
                            var linker = java.lang.foreign.Linker.nativeLinker();
                            var getpid = linker.downcallHandle(
                                    linker.defaultLookup().find("getpid").orElseThrow(),
                                    java.lang.foreign.FunctionDescriptor.of(java.lang.foreign.ValueLayout.JAVA_INT));
                            int pid = (int) getpid.invokeExact();
                            %s
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Throwable e) {
                            throw new AssertionError(e);
                        }
                        """.formatted(registerHeap("\"pid-\" + pid")));
    }

    @Test
    void aPluginThatWasGrantedNativeAccessHasIt() {
        callingNativeCode("trusted").attribute("Heap-Native-Access", "required").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.plugin("trusted").heaps())
                .containsExactly("pid-" + ProcessHandle.current().pid());
    }

    @Test
    void aPluginThatNeedsNativeAccessIsNotEvenLoadedWithoutTheGrant() {
        callingNativeCode("stranger")
                .attribute("Heap-Native-Access", "required")
                .writeTo(plugins);

        machine.scan();

        assertThat(machine.state("stranger")).isEqualTo(State.FAILED);
        assertThat(machine.problem().kind()).isEqualTo(Kind.NATIVE_ACCESS_DENIED);
        assertThat(machine.problem().hint()).contains("native-access = stranger");
        assertThat(machine.host.calls).isEmpty();
    }

    @Test
    void theGrantOfOnePluginIsOfNoUseToAnother() {
        callingNativeCode("trusted").attribute("Heap-Native-Access", "required").writeTo(plugins);
        callingNativeCode("sneaky").writeTo(plugins);

        machine.scan();

        assertThat(machine.state("trusted")).isEqualTo(State.STARTED);
        assertThat(machine.problem().subject()).isEqualTo("sneaky");
        assertThat(machine.problem().message()).contains("IllegalCallerException");
    }
}
