package io.dmaheap.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Access;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Need;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.TestHeaps;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.fake.Hang;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeakTests {
    private final FakePlatform platform = new FakePlatform();

    @AfterEach
    void nothingIsLeft() {
        platform.assertNothingHeld();
    }

    private Heaps open(LeakDetection level) {
        return TestHeaps.open(
                platform, TestHeaps.policy(), level, FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));
    }

    private static void forget(Heaps heaps) {
        forget(heaps, "system");
    }

    private static void forget(Heaps heaps, String name) {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            heap.allocate(8192);
        }
    }

    private static void forgetHeap(Heaps heaps) {
        heaps.find("system").orElseThrow();
    }

    private static void useProperly(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096);
                DmaBuf second = buffer.retain()) {
            second.write().close();
        }
    }

    private static void collectUntil(BooleanSupplier done) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    System.gc();
                    return done.getAsBoolean();
                });
    }

    @Test
    void aForgottenBufferIsReleasedAndReportedOnceWithThePlaceThatMadeIt() {
        try (var heaps = open(LeakDetection.FULL)) {
            forget(heaps);

            collectUntil(
                    () -> heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty());

            assertThat(platform.memories).hasValue(0);
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.LEAKED_HANDLE);
                assertThat(problem.subject()).isEqualTo("buffer of 8192 bytes from system");
                assertThat(problem.message()).contains("LeakTests.forget(").doesNotContain("io.dmaheap.core.buffer");
                assertThat(problem.hint()).isNotEmpty();
            });
        }
    }

    @Test
    void aForgottenHandleOfAHeapIsReleasedAndReportedToo() {
        try (var heaps = open(LeakDetection.FULL)) {
            forgetHeap(heaps);

            collectUntil(
                    () -> heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty());

            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.subject()).isEqualTo("handle of the heap system"));
        }
    }

    /** The cleaner has one thread for the whole JVM, and a release is code of a plugin. */
    @Test
    void aReleaseThatHangsKeepsBackNoOtherHeaps() {
        var other = new FakePlatform();
        var hang = new Hang(Hang.Manner.DEAF);
        platform.faults.run("release", hang::here);
        try (var heaps = TestHeaps.open(
                platform,
                TestHeaps.policy(),
                LeakDetection.FULL,
                FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)),
                FakeProvider.of("sound", Traits.SYSTEM, new FakeHeap(other)))) {
            forget(heaps);
            collectUntil(hang::isInside);
            forget(heaps, "sound");

            collectUntil(() -> other.memories.get() == 0);

            assertThat(hang.returned()).isZero();
            hang.goOn();
            await().until(() -> heaps.usage().equals(Usage.NONE));
        }
    }

    @Test
    void sampledDetectionReleasesEveryForgottenBufferToo() {
        try (var heaps = open(LeakDetection.SAMPLED)) {
            for (int i = 0; i < 10; i++) {
                forget(heaps);
            }

            collectUntil(() -> heaps.usage().buffers() == 0 && heaps.problems().size() == 10);

            assertThat(platform.memories).hasValue(0);
        }
    }

    /** A forgotten buffer comes last: once it was found, the collector has seen all that was closed before it. */
    @Test
    void whatWasClosedIsNeverReported() {
        try (var heaps = open(LeakDetection.FULL)) {
            for (int i = 0; i < 5_000; i++) {
                useProperly(heaps);
            }
            forget(heaps);

            collectUntil(
                    () -> heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty());

            assertThat(heaps.problems()).hasSize(1);
        }
    }

    private static void forgetAccess(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(8192)) {
            buffer.write();
        }
    }

    private static MemorySegment keepOnlyTheSegment(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(8192)) {
            return buffer.write().segment().asSlice(4096);
        }
    }

    private static void forgetAttachment(Heaps heaps, boolean mapped) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(8192)) {
            var attachment = heaps.device("codec").orElseThrow().attach(buffer);
            if (mapped) {
                attachment.map(Access.READ);
            }
        }
    }

    @Test
    void aForgottenCpuAccessIsEndedAndReported() {
        try (var heaps = open(LeakDetection.FULL)) {
            forgetAccess(heaps);

            collectUntil(
                    () -> heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty());

            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.subject()).isEqualTo("CPU access to a buffer of 8192 bytes from system");
                assertThat(problem.message()).contains("LeakTests.forgetAccess(");
            });
        }
    }

    /** Else the collector would unmap memory that somebody uses. A forgotten buffer tells when the collector has been there. */
    @Test
    void aSegmentThatIsStillUsedKeepsItsForgottenAccess() {
        try (var heaps = open(LeakDetection.FULL)) {
            MemorySegment segment = keepOnlyTheSegment(heaps);
            forget(heaps);

            collectUntil(() -> !heaps.problems().isEmpty());

            assertThat(heaps.usage().accesses()).isEqualTo(1);
            segment.fill((byte) 1);
            segment = null;
            collectUntil(() -> heaps.usage().equals(Usage.NONE));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aForgottenAttachmentIsDetachedAndReported(boolean mapped) {
        try (var heaps = open(LeakDetection.FULL)) {
            forgetAttachment(heaps, mapped);

            collectUntil(
                    () -> heaps.usage().equals(Usage.NONE) && !heaps.problems().isEmpty());

            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.subject())
                            .isEqualTo("attachment to codec of a buffer of 8192 bytes from system"));
        }
    }

    private static void forgetHandleAndAccess(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow()) {
            heap.allocate(4096).write();
        }
    }

    @Test
    void whateverASampleRemembersEveryForgottenAccessIsEnded() {
        try (var heaps = open(LeakDetection.SAMPLED)) {
            for (int i = 0; i < 512; i++) {
                forgetHandleAndAccess(heaps);
            }

            collectUntil(() -> heaps.usage().equals(Usage.NONE));

            assertThat(platform.memories).hasValue(0);
            assertThat(platform.mappings).hasValue(0);
        }
    }

    private static CpuAccess forgetHandleOnly(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow()) {
            return heap.allocate(4096).write();
        }
    }

    @Test
    void theReportOfAHandleWhoseBufferIsStillInUseSaysSo() {
        try (var heaps = open(LeakDetection.FULL)) {
            CpuAccess access = forgetHandleOnly(heaps);

            collectUntil(() -> !heaps.problems().isEmpty());

            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.message())
                            .contains("the buffer stays")
                            .doesNotContain("released"));
            assertThat(heaps.usage().buffers()).isEqualTo(1);
            access.close();
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    private static int forgetDescriptor(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096)) {
            return buffer.exportFd().number();
        }
    }

    /** Its number may be in use, so it is not closed; and what it keeps goes on to count. */
    @Test
    void aForgottenDescriptorIsReportedAndStaysOpenAndCounted() {
        var heaps = open(LeakDetection.FULL);
        int number = forgetDescriptor(heaps);

        collectUntil(() -> !heaps.problems().isEmpty());

        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("file descriptor of a buffer of 4096 bytes from system");
            assertThat(problem.message()).contains("stays open", "LeakTests.forgetDescriptor(");
        });
        assertThat(heaps.usage().descriptors()).isEqualTo(1);
        assertThat(heaps.usage().bytes()).isEqualTo(4096);
        platform.closeFd(number);
        heaps.close();
        assertThat(platform.memories).hasValue(1);
        platform.memories.set(0);
    }

    private static void forgetSharing(Heaps heaps) {
        heaps.listen(Path.of("/run/never"));
        heaps.connect(Path.of("/run/never"));
    }

    @Test
    void aForgottenSocketAndListenerAreClosedAndReported() {
        try (var heaps = open(LeakDetection.FULL)) {
            forgetSharing(heaps);
            assertThat(heaps.usage().sockets()).isEqualTo(2);

            collectUntil(() -> heaps.problems().size() == 2);

            assertThat(heaps.problems())
                    .extracting(Problem::subject)
                    .containsExactlyInAnyOrder("listener on /run/never", "socket");
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void aForgottenSocketThatWasAcceptedIsClosedAndReported() {
        try (var heaps = open(LeakDetection.FULL)) {
            try (var listener = heaps.listen(Path.of("/run/socket"));
                    var connected = heaps.connect(Path.of("/run/socket"))) {
                listener.accept(Duration.ZERO);
                assertThat(heaps.usage().sockets()).isEqualTo(3);

                collectUntil(() -> heaps.problems().size() == 1);

                assertThat(heaps.problems().getFirst().subject()).isEqualTo("socket");
                assertThat(heaps.usage().sockets()).isEqualTo(2);
                assertThat(connected.peer().pid()).isPositive();
            }
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    private Heaps openFenced() {
        platform.fenced = true;
        return open(LeakDetection.FULL);
    }

    private static void forgetFences(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096)) {
            Fence one = buffer.exportFence(Access.READ);
            one.merge(buffer.exportFence(Access.WRITE));
        }
    }

    @Test
    void forgottenFencesAreClosedAndReported() {
        try (var heaps = openFenced()) {
            forgetFences(heaps);

            collectUntil(() -> heaps.problems().size() == 3);

            assertThat(heaps.problems()).allSatisfy(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.LEAKED_HANDLE);
                assertThat(problem.subject()).isEqualTo("fence");
                assertThat(problem.message()).contains("LeakTests.forgetFences(");
            });
            assertThat(platform.fences).hasValue(0);
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void fencesAndTheirDescriptorsCountWhileTheyAreOpen() {
        try (var heaps = openFenced();
                Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096)) {
            Fence first = buffer.exportFence(Access.READ);
            try (Fence merged = first.merge(first)) {
                assertThat(heaps.usage().fences()).isEqualTo(2);
                first.close();
                first.close();
                assertThat(heaps.usage().fences()).isEqualTo(1);
                try (var descriptor = merged.exportFd()) {
                    assertThat(descriptor.number()).isPositive();
                    assertThat(heaps.usage().descriptors()).isEqualTo(1);
                }
                assertThat(heaps.usage().descriptors()).isZero();
                buffer.importFence(merged, Access.WRITE);
            }
            assertThat(heaps.usage().fences()).isZero();
            assertThat(heaps.problems()).isEmpty();
        }
    }

    private static int forgetDescriptorOfAFence(Heaps heaps) {
        try (Heap heap = heaps.find("system").orElseThrow();
                DmaBuf buffer = heap.allocate(4096);
                Fence fence = buffer.exportFence(Access.READ)) {
            return fence.exportFd().number();
        }
    }

    /** As that of a buffer: its number may be in use. */
    @Test
    void aForgottenDescriptorOfAFenceIsReportedAndStaysOpenAndCounted() {
        try (var heaps = openFenced()) {
            int number = forgetDescriptorOfAFence(heaps);

            collectUntil(() -> !heaps.problems().isEmpty());

            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.subject()).isEqualTo("file descriptor of a fence");
                assertThat(problem.message()).contains("stays open", "LeakTests.forgetDescriptorOfAFence(");
            });
            assertThat(heaps.usage().descriptors()).isEqualTo(1);
            assertThat(heaps.usage().fences()).isZero();
            platform.closeFd(number);
        }
    }

    private static void forgetChoice(Heaps heaps) {
        heaps.choose(Need.any());
    }

    @Test
    void aForgottenChoiceIsClosedAndReported() {
        try (var heaps = open(LeakDetection.SAMPLED)) {
            forgetChoice(heaps);

            collectUntil(() -> heaps.problems().size() == 1);

            assertThat(heaps.problems().getFirst().subject()).isEqualTo("choice of 1 heaps");
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void aForgottenHandleDoesNotTakeTheBufferFromAnother() {
        try (var heaps = open(LeakDetection.FULL);
                Heap heap = heaps.find("system").orElseThrow();
                DmaBuf kept = heap.allocate(4096)) {
            kept.retain();

            collectUntil(() ->
                    heaps.usage().bufferHandles() == 1 && !heaps.problems().isEmpty());

            kept.read().close();
            assertThat(platform.memories).hasValue(1);
        }
    }

    @Test
    void theEventOfALeakTellsWhatItWasAndWhereItWasMade(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("leak.jfr");
        try (var recording = new Recording();
                var heaps = open(LeakDetection.FULL)) {
            recording.enable("dmaheap.Leak");
            recording.start();
            forget(heaps);
            collectUntil(() -> !heaps.problems().isEmpty());
            recording.dump(file);
        }
        List<RecordedEvent> leaks = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dmaheap.Leak"))
                .toList();
        assertThat(leaks).singleElement().satisfies(leak -> {
            assertThat(leak.getString("handle")).isEqualTo("buffer of 8192 bytes from system");
            assertThat(leak.getLong("size")).isEqualTo(8192);
            assertThat(leak.getString("madeAt")).contains("LeakTests.forget(");
        });
    }
}
