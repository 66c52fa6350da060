package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import io.dmaheap.core.policy.PluginRules;
import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of an unloaded plugin stays: no class, no descriptor, no file. */
class UnloadTests {
    private static final int CYCLES = 200;
    private static final int COLLECTIONS = 50;
    private static final long PATIENCE_MILLIS = 200;

    @TempDir
    Path plugins;

    @TempDir
    Path built;

    private final ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    private final Set<Reference<ClassLoader>> loaders = new HashSet<>();
    private Installation machine;

    @BeforeEach
    void install() {
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private void remember(String id) {
        loaders.add(new WeakReference<>(machine.host.provider(id).getClass().getClassLoader(), collected));
    }

    /** Collects garbage until every remembered loader is gone, or for a bounded number of times. */
    private int loadersLeft() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS && !loaders.isEmpty(); i++) {
            System.gc();
            Reference<?> gone = collected.remove(PATIENCE_MILLIS);
            while (gone != null) {
                loaders.remove(gone);
                gone = collected.poll();
            }
        }
        return loaders.size();
    }

    @Test
    void twoHundredCyclesLeaveNeitherLoaderNorDescriptorNorFile() throws Exception {
        Path jar = plugin("vendor.a").writeTo(built);
        Path installed = plugins.resolve("vendor.a.jar");

        for (int i = 0; i < CYCLES; i++) {
            Files.copy(jar, installed);
            machine.scan();
            remember("vendor.a");
            Files.delete(installed);
            machine.scan();
        }

        assertThat(machine.host.calls).hasSize(3 * CYCLES);
        assertThat(machine.openJars()).isZero();
        assertThat(machine.workingCopies()).isEmpty();
        assertThat(loadersLeft()).as("loaders that are still reachable").isZero();
    }

    @Test
    void theLoaderOfAPluginThatWasInUseIsCollectedToo() throws Exception {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        remember("vendor.a");
        machine.host.allocate("vendor.a");
        Files.delete(jar);
        machine.scan();
        System.gc();
        assertThat(loaders).noneMatch(loader -> loader.refersTo(null));

        machine.host.free("vendor.a");
        machine.scan();

        assertThat(loadersLeft()).isZero();
    }

    @Test
    void aReplacedDependencyAndItsDependentAreCollected() throws Exception {
        var base = plugin("base").directive("exports base;").source("Shared", "public class Shared { }");
        Path jar = base.writeTo(plugins);
        plugin("user").dependsOn(base, jar).onConstruct("new base.Shared();").writeTo(plugins);
        machine.scan();
        remember("base");
        remember("user");

        base.version("1.1.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.ids()).containsExactlyInAnyOrder("base", "user");
        assertThat(loadersLeft()).isZero();
    }

    @Test
    void aProblemThatIsKeptDoesNotKeepThePluginThatThrew() throws Exception {
        plugin("bad")
                .source("OwnException", "class OwnException extends RuntimeException { }")
                .source("Trace", "class Trace { static void fail() { throw new OwnException(); } }")
                .onStart("Trace.fail();")
                .writeTo(plugins);
        var remembering = new ProviderHost() {
            @Override
            public Running start(
                    String id, Supplier<List<HeapProvider>> providers, ClassLoader loader, boolean pinned) {
                loaders.add(new WeakReference<>(loader, collected));
                try {
                    return machine.host.start(id, providers, loader, pinned);
                } catch (RuntimeException e) {
                    throw HeapException.of(ErrorCode.PLUGIN_FAILED, "the plugin threw")
                            .cause(e)
                            .build();
                }
            }

            @Override
            public Duration limit() {
                return machine.host.limit();
            }
        };
        try (var directory = new PluginDirectory(plugins, remembering, PluginRules.NONE, Set.of(), machine)) {
            directory.scan();
        }

        Problem kept = machine.problem();
        assertThat(kept.kind()).isEqualTo(Kind.PLUGIN_THREW);
        Throwable cause = kept.cause().orElseThrow().getCause();
        assertThat(cause).hasToString("bad.OwnException");
        assertThat(cause.getStackTrace()[0].getClassName()).isEqualTo("bad.Trace");
        assertThat(loadersLeft()).isZero();
        Reference.reachabilityFence(kept);
    }

    @Test
    void aFailedPluginHoldsNeitherDescriptorNorLoader() throws IOException {
        plugin("bad").onStart("throw new RuntimeException();").writeTo(plugins);

        machine.scan();

        assertThat(machine.openJars()).isZero();
    }
}
