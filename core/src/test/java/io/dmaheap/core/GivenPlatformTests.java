package io.dmaheap.core;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static io.dmaheap.testplugins.PluginJars.registerHeap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryMap;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.io.IOException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GivenPlatformTests {
    private final FakePlatform platform = new FakePlatform();

    private record Given(Platform platform, boolean usable, boolean mayBecomeUsable) implements PlatformProvider {
        Given(Platform platform, boolean usable) {
            this(platform, usable, false);
        }

        @Override
        public String name() {
            return "mine";
        }

        @Override
        public Suitability suitability() {
            return new Suitability(usable, -1, usable ? "of the test" : "switched off");
        }

        @Override
        public Platform open(Map<String, String> configuration) {
            return platform;
        }
    }

    @Test
    void aPlatformOfTheProgramIsUsedWhateverTheOptionsSay() {
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("elsewhere"), new Given(platform, true))) {
            assertThat(heaps.platform().name()).isEqualTo("mine");
            assertThat(heaps.platform().reason()).contains("made by the program", "of the test");
        }
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aPlatformOfTheProgramThatMayBecomeUsableIsOpenedAndSaysWhatItLacks() {
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults(), new Given(platform, false, true))) {
            assertThat(heaps.platform().reason()).contains("made by the program", "switched off");
        }
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aPlatformOfTheProgramThatCannotBeUsedIsNotOpened() {
        assertThatThrownBy(() -> Heaps.open(HeapsOptions.defaults(), new Given(platform, false)))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PLATFORM_UNAVAILABLE))
                .hasMessageContaining("mine: switched off");
        assertThat(platform.closed).hasValue(0);
    }

    /** One that knows nothing and must not be asked. */
    private static final class ForeignLoader extends ClassLoader {
        ForeignLoader() {
            super(null);
        }

        @Override
        public Class<?> loadClass(String name) {
            throw new AssertionError("the context class loader was asked for " + name);
        }

        @Override
        public Enumeration<URL> getResources(String name) {
            throw new AssertionError("the context class loader was asked for " + name);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void openingDoesNotDependOnTheContextClassLoader(boolean isThereOne, @TempDir Path plugins) {
        plugin("vendor").onStart(registerHeap("\"made\"")).writeTo(plugins);
        var thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(isThereOne ? new ForeignLoader() : null);
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlugins(plugins), new Given(platform, true));
                Heap made = heaps.find("made").orElseThrow()) {
            assertThat(made.info().plugin()).isEqualTo("vendor");
            assertThat(heaps.problems()).isEmpty();
        } finally {
            thread.setContextClassLoader(usual);
        }
        assertThat(platform.closed).hasValue(1);
    }

    private static List<Problem.Kind> kinds(Heaps heaps) {
        return heaps.problems().stream().map(Problem::kind).toList();
    }

    /** In a zip file no directory can be watched, as on a machine whose inotify instances are used up. */
    @Test
    @Timeout(60)
    void aPluginDirectoryThatCannotBeWatchedIsAProblemAndIsLookedAtMeanwhile(@TempDir Path folder) throws IOException {
        Path jar = plugin("vendor").onStart(registerHeap("\"made\"")).writeTo(folder);
        try (var zip = FileSystems.newFileSystem(folder.resolve("plugins.zip"), Map.of("create", "true"))) {
            Path plugins = Files.createDirectory(zip.getPath("/plugins"));
            var options = HeapsOptions.defaults().withPlugins(plugins).withPluginsWatched();
            try (Heaps heaps = Heaps.open(options, new Given(platform, true))) {
                assertThat(kinds(heaps)).contains(Problem.Kind.WATCH_IMPAIRED);
                Problem impaired = heaps.problems().getFirst();
                assertThat(impaired.subject()).isEqualTo("/plugins");
                assertThat(impaired.message())
                        .contains("every few seconds instead", UnsupportedOperationException.class.getName());
                assertThat(impaired.hint()).contains("sysctl", "fs.inotify.max_user_instances");

                Files.copy(jar, plugins.resolve("vendor.jar"));
                heaps.await("made", Duration.ofSeconds(30)).close();
                assertThat(kinds(heaps)).containsExactly(Problem.Kind.WATCH_IMPAIRED);
            }
        }
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void whatIsWrongWithTheMachinesDescriptionIsAProblemFromTheStart() {
        var flawed = new Platform() {
            @Override
            public String name() {
                return "flawed";
            }

            @Override
            public long availableMemory() {
                return 1L << 30;
            }

            @Override
            public List<MemoryMap.Flaw> flaws() {
                return List.of(new MemoryMap.Flaw("/reserved-memory/video", "it overlaps /memory", "Move it"));
            }

            @Override
            public void close() {}
        };
        try (Heaps heaps = TestHeaps.open(flawed, FakeProvider.starting("idle", context -> {}))) {
            assertThat(heaps.problems())
                    .containsExactly(Problem.of(
                            Problem.Kind.FAULTY_DESCRIPTION,
                            "/reserved-memory/video",
                            "it overlaps /memory",
                            "Move it",
                            null));
        }
    }

    @Test
    void aProblemOfThePlatformIsShownWhileItLasts() {
        Problem unwatched =
                Problem.of(Problem.Kind.WATCH_IMPAIRED, "/dev/dma_heap", "no watch is left", "Raise it", null);
        var current = new AtomicReference<>(List.of(unwatched));
        var impaired = new Platform() {
            @Override
            public String name() {
                return "impaired";
            }

            @Override
            public long availableMemory() {
                return 1L << 30;
            }

            @Override
            public List<Problem> problems() {
                return current.get();
            }

            @Override
            public void close() {}
        };
        try (Heaps heaps = TestHeaps.open(impaired, FakeProvider.starting("idle", context -> {}))) {
            assertThat(heaps.problems()).containsExactly(unwatched);
            current.set(List.of());
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void theAccessListOfABufferIsThatOfItsMemory() {
        var listed = new AccessList(Map.of("decoder", Access.READ_WRITE, "display", Access.READ));
        var traits = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
        try (Heaps heaps = TestHeaps.open(
                        platform,
                        FakeProvider.of(
                                "secret", traits, request -> new ForwardingMemory(platform.memory(request.size())) {
                                    @Override
                                    public Optional<AccessList> accessList() {
                                        return Optional.of(listed);
                                    }
                                }),
                        FakeProvider.of("open", Traits.SYSTEM, request -> platform.memory(request.size())));
                Heap secret = heaps.find("secret").orElseThrow();
                Heap open = heaps.find("open").orElseThrow();
                DmaBuf closed = secret.allocate(1);
                DmaBuf ordinary = open.allocate(1)) {
            assertThat(closed.accessList()).contains(listed);
            assertThat(closed.accessList()).get().hasToString("decoder READ_WRITE, display READ");
            assertThat(ordinary.accessList()).isEmpty();
            ordinary.close();
            assertThatThrownBy(ordinary::accessList).isInstanceOf(IllegalStateException.class);
        }
        platform.assertNothingHeld();
    }

    @Test
    void aListPermitsWhatItGrantsAndNothingElse() {
        var list = new AccessList(Map.of("decoder", Access.READ_WRITE, "display", Access.READ));
        assertThat(list.permits("decoder", Access.READ_WRITE)).isTrue();
        assertThat(list.permits("display", Access.READ)).isTrue();
        assertThat(list.permits("display", Access.WRITE)).isFalse();
        assertThat(list.permits("camera", Access.READ)).isFalse();
        assertThat(AccessList.NOBODY.permits("decoder", Access.READ)).isFalse();
        assertThat(AccessList.NOBODY).hasToString("nobody");
    }
}
