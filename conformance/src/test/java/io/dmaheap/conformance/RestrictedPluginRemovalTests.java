package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.DeviceBytes;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.testkit.PlatformInHand;
import java.io.IOException;
import java.lang.StackWalker.Option;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The jar of a restricted heap vanishes while somebody holds protected memory. Runs on the installed form: its {@code lib} is the
 * module path, and the plugin is the jar of its {@code plugins}.
 */
@ExtendWith(NoLeaks.class)
class RestrictedPluginRemovalTests {
    private static final Path SHIPPED = Path.of("../cli/target/dmaheap/plugins");
    private static final long MIB = 1 << 20;
    private static final String SECRET = "secret";

    @TempDir
    Path plugins;

    private final Emulator board = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(board);
    private final AtomicReference<WeakReference<ClassLoader>> loader = new AtomicReference<>();

    /**
     * A heap of a shipped plugin.
     *
     * @param region where its memory is
     * @param device one that may use it
     * @param lent whether the normal world has the memory when there is no buffer
     * @param lost what is lost with a buffer of 1 MiB that its protector keeps; 0 if there is nobody who could
     */
    record Shipped(String plugin, String heap, String region, String device, boolean lent, long lost) {
        @Override
        public String toString() {
            return heap;
        }
    }

    static Stream<Shipped> heaps() {
        return Stream.of(
                new Shipped(
                        "heaps-restricted-mtk",
                        "restricted_mtk_cma",
                        "restricted-cma@60000000",
                        "decoder",
                        true,
                        64 * MIB),
                new Shipped(
                        "heaps-restricted-mtk", "restricted_mtk_cm", "restricted-cm@50000000", "decoder", false, MIB),
                new Shipped(
                        "heaps-restricted-linaro", "protected,trusted-ui", "tee-dma@6a000000", "gpu", true, 10 * MIB),
                new Shipped("heaps-restricted-linaro", "sdp", "sdp@52000000", "decoder", false, 0),
                new Shipped("heaps-panthor", "protected@66000000", "protected@66000000", "gpu", true, MIB));
    }

    static Stream<Shipped> heapsWhoseMemoryCanBeLost() {
        return heaps().filter(heap -> heap.lost() > 0);
    }

    @BeforeEach
    void rememberTheLoaderOfWhoeverTakesMemory() {
        board.faults()
                .meet(
                        FaultPoint.HOST_MEMORY,
                        () -> StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE)
                                .walk(frames -> frames.map(StackWalker.StackFrame::getDeclaringClass)
                                        .filter(type -> type.getName().startsWith("io.dmaheap.heaps."))
                                        .findFirst())
                                .ifPresent(type -> loader.set(new WeakReference<>(type.getClassLoader()))));
    }

    private Heaps open() {
        return Heaps.open(HeapsOptions.defaults().withPlugins(plugins).withPluginsWatched(), platform);
    }

    private Path install(Shipped shipped) throws IOException {
        try (Stream<Path> jars = Files.list(SHIPPED)) {
            Path jar = jars.filter(file -> file.getFileName().toString().startsWith(shipped.plugin() + "-"))
                    .findFirst()
                    .orElseThrow();
            return Files.copy(jar, plugins.resolve(jar.getFileName()));
        }
    }

    /** Of those with a jar: the class path has a provider of another test. */
    private static List<State> states(Heaps heaps) {
        return heaps.plugins().stream()
                .filter(plugin -> plugin.jar().isPresent())
                .map(PluginInfo::state)
                .toList();
    }

    private static void awaitDraining(Heaps heaps) {
        await().untilAsserted(() -> assertThat(states(heaps)).containsExactly(State.DRAINING));
    }

    private static void awaitGone(Heaps heaps) {
        await().untilAsserted(() -> assertThat(states(heaps)).isEmpty());
    }

    private ClassLoader loaderNow() {
        return Objects.requireNonNull(loader.get().get());
    }

    private void awaitCollectedLoader() {
        await().until(() -> {
            System.gc();
            return loader.get().refersTo(null);
        });
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void aProtectedBufferOutlivesTheJarAndThePluginGoesWithIt(Shipped shipped) throws Exception {
        Path jar = install(shipped);
        try (Heaps heaps = open()) {
            holdABuffer(shipped, heaps, jar);
            awaitGone(heaps);
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0));
            assertThat(heaps.problems()).isEmpty();
            if (shipped.lent()) {
                var region = platform.region(shipped.region());
                region.take(0, AllocationRequest.of(region.size())).release();
                assertThat(board.faults().passages(FaultPoint.SCRUB)).isOne();
            }
            awaitCollectedLoader();
        }
    }

    /** In a frame of its own, whose variables would keep the loader. */
    private void holdABuffer(Shipped shipped, Heaps heaps, Path jar) throws IOException {
        try (Heap heap = heaps.find(shipped.heap()).orElseThrow();
                DmaBuf buffer = heap.allocate(MIB)) {
            Device device = heaps.device(shipped.device()).orElseThrow();
            DeviceBytes.write(device, buffer, SECRET);

            Files.delete(jar);
            awaitDraining(heaps);
            // The heap leaves in a step of its own, which begins after the plugin is said to drain.
            await().untilAsserted(() -> assertThat(heaps.find(shipped.heap())).isEmpty());
            assertRefused(ErrorCode.HEAP_DRAINING, () -> heap.allocate(MIB));
            heap.close();

            assertThat(DeviceBytes.read(device, buffer, SECRET.length())).isEqualTo(SECRET);
            assertRefused(ErrorCode.NOT_CPU_ACCESSIBLE, buffer::read);
            assertThat(loaderNow().getName()).contains(shipped.plugin());
            assertThat(states(heaps)).containsExactly(State.DRAINING);
            if (shipped.lent()) {
                assertStillLent(shipped);
            }
        }
    }

    private void assertStillLent(Shipped shipped) {
        assertThatThrownBy(() -> platform.region(shipped.region()).take(0, AllocationRequest.of(4096)))
                .hasMessageContaining("lent");
    }

    @ParameterizedTest
    @MethodSource("heapsWhoseMemoryCanBeLost")
    void quarantinedMemoryOutlivesThePluginThatLostIt(Shipped shipped) throws Exception {
        loseABufferForGood(shipped);
        awaitCollectedLoader();
    }

    private void loseABufferForGood(Shipped shipped) throws IOException {
        Path jar = install(shipped);
        try (Heaps heaps = open()) {
            loseABuffer(shipped, heaps, jar);
            awaitGone(heaps);

            assertThat(heaps.find(shipped.heap())).isEmpty();
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 0, 0, 0, 0, 0, 0, shipped.lost(), 0));
            assertThat(heaps.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
            if (shipped.lent()) {
                assertStillLent(shipped);
            }
            System.gc();
            assertThat(loaderNow())
                    .as("the record of the memory keeps its class")
                    .isNotNull();
        }
    }

    private void loseABuffer(Shipped shipped, Heaps heaps, Path jar) throws IOException {
        try (Heap heap = heaps.find(shipped.heap()).orElseThrow();
                DmaBuf _ = heap.allocate(MIB)) {
            Files.delete(jar);
            awaitDraining(heaps);
            board.secureWorld().kill();
            board.faults().fail(FaultPoint.UNRESTRICT);
        }
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** MediaTek's heap goes on using what it could not take back, until it ends. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatALastTakeBackLeftIsAskedForAtTheEndOfTheHeapAndCounted(int failures) throws Exception {
        Shipped shipped = heaps().findFirst().orElseThrow();
        Path jar = install(shipped);
        try (Heaps heaps = open()) {
            try (Heap heap = heaps.find(shipped.heap()).orElseThrow();
                    DmaBuf _ = heap.allocate(MIB)) {
                Files.delete(jar);
                awaitDraining(heaps);
                board.faults().fail(FaultPoint.TAKE_BACK, failures);
            }
            awaitGone(heaps);
            if (failures == 1) {
                assertThat(heaps.usage().quarantined()).isZero();
                var region = platform.region(shipped.region());
                region.take(0, AllocationRequest.of(region.size())).release();
            } else {
                assertThat(heaps.usage().quarantined()).isEqualTo(64 * MIB);
                assertStillLent(shipped);
            }
        }
    }

    static Stream<Shipped> lentHeaps() {
        return heaps().filter(Shipped::lent);
    }

    @ParameterizedTest
    @MethodSource("lentHeaps")
    void aPluginThatComesBackDoesNotTouchWhatItLost(Shipped shipped) throws Exception {
        Path jar = install(shipped);
        try (Heaps heaps = open()) {
            loseABuffer(shipped, heaps, jar);
            awaitGone(heaps);
            board.secureWorld().revive();
            board.faults().heal(FaultPoint.UNRESTRICT);

            install(shipped);
            try (Heap again = heaps.await(shipped.heap(), Duration.ofSeconds(30))) {
                if (shipped.heap().equals("restricted_mtk_cma")) {
                    // It lends its region as a whole.
                    assertRefused(ErrorCode.OUT_OF_MEMORY, () -> again.allocate(MIB));
                    assertThat(again.info().openable().yes()).isFalse();
                    assertThat(again.info().free()).hasValue(0);
                } else {
                    again.allocate(MIB).close();
                }
            }
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 0, 0, 0, 0, 0, 0, shipped.lost(), 0));
            assertStillLent(shipped);
        }
    }
}
