package io.dmaheap.core.restricted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.TestHeaps;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class RestrictedFrameTests {
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));

    private final FakePlatform platform = new FakePlatform();
    private final FakeRestricted ops = new FakeRestricted(platform);
    private final Heaps heaps = TestHeaps.open(
            platform,
            FakeProvider.starting("vendor", context -> context.registerRestricted(new HeapSpec("secret", VIDEO), ops)));
    private final Heap heap = heaps.find("secret").orElseThrow();

    @AfterEach
    void nothingIsLeft() {
        heap.close();
        heaps.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    private List<String> steps() {
        return platform.faults.calls().stream()
                .filter(List.of("init", "alloc", "restrict", "unrestrict", "free", "closed")::contains)
                .toList();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                HeapException.of(ErrorCode.DEVICE_GONE, "no answer")
                        .errno("ENODEV")
                        .build(),
                new IllegalStateException("of the test"),
                new NoClassDefFoundError("of the test"),
                new StackOverflowError("of the test"),
                new IOException("smuggled"));
    }

    private static void assertReaches(Throwable thrown, Throwable failure) {
        if (failure instanceof HeapException) {
            assertThat(thrown).isSameAs(failure);
        } else {
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                    .hasCause(failure);
        }
    }

    @Test
    void runsTheFiveOperationsInTheOrderOfTheKernelSeries() {
        heap.allocate(1).close();
        heap.allocate(1).close();
        heap.close();
        heaps.close();

        assertThat(steps())
                .containsExactly(
                        "init",
                        "alloc",
                        "restrict",
                        "unrestrict",
                        "free",
                        "alloc",
                        "restrict",
                        "unrestrict",
                        "free",
                        "closed");
    }

    @Test
    void doesNothingBeforeTheFirstAllocation() {
        assertThat(steps()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailedInitIsTriedAgainByTheNextAllocation(Throwable failure) {
        platform.faults.fail("init", failure);
        assertReaches(catchThrowable(() -> heap.allocate(1)), failure);
        assertThat(steps()).containsExactly("init");

        platform.faults.heal("init");
        heap.allocate(1).close();
        heap.allocate(1).close();

        assertThat(steps().stream().filter("init"::equals)).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailedAllocUndoesNothing(Throwable failure) {
        platform.faults.fail("alloc", failure);

        assertReaches(catchThrowable(() -> heap.allocate(1)), failure);
        assertThat(steps()).containsExactly("init", "alloc");
        assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailedRestrictFreesAndDoesNotUnrestrict(Throwable failure) {
        platform.faults.fail("restrict", failure);

        assertReaches(catchThrowable(() -> heap.allocate(1)), failure);
        assertThat(steps()).containsExactly("init", "alloc", "restrict", "free");
        assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aFailedRestrictIsWhatIsReportedEvenIfTheFreeFailsToo() {
        var refusal = HeapException.of(ErrorCode.OUT_OF_MEMORY, "refused").build();
        var second = new IllegalStateException("and free fails");
        platform.faults.fail("restrict", refusal);
        platform.faults.fail("free", second);

        assertThat(catchThrowable(() -> heap.allocate(1))).isSameAs(refusal).hasSuppressedException(second);
    }

    @Test
    void oneExceptionThrownByBothRestrictAndFreeIsReportedOnce() {
        var same = HeapException.of(ErrorCode.DEVICE_GONE, "dead").build();
        platform.faults.fail("restrict", same);
        platform.faults.fail("free", same);

        assertThat(catchThrowable(() -> heap.allocate(1))).isSameAs(same).hasNoSuppressedExceptions();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aBufferThatCannotBeWrappedIsUnrestrictedThenFreed(Throwable failure) {
        platform.faults.fail("setName", failure);

        assertReaches(catchThrowable(() -> heap.allocate(AllocationRequest.of(1).withName("label"))), failure);
        assertThat(steps()).containsExactly("init", "alloc", "restrict", "unrestrict", "free");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void memoryThatCannotBeUnrestrictedIsWithheldAndReported(Throwable failure) {
        DmaBuf buffer = heap.allocate(1);
        platform.faults.fail("unrestrict", failure);

        buffer.close();

        assertThat(steps()).endsWith("restrict", "unrestrict");
        assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, 4096));
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
            assertThat(problem.subject()).isEqualTo("secret");
            assertThat(problem.message()).contains("4096 bytes");
            assertThat(problem.hint()).isNotEmpty();
            assertThat(problem.cause()).map(Throwable::toString).contains(failure.toString());
        });
        assertThat(platform.memories).as("the memory is not used again").hasValue(1);

        platform.faults.heal("unrestrict");
        heap.allocate(1).close();
        assertThat(heaps.usage().quarantined()).isEqualTo(4096);
        ops.kept.getFirst().release();
    }

    @Test
    void memoryIsReportedAsWithheldEvenIfTheFailureCannotTellItsText() {
        DmaBuf buffer = heap.allocate(1);
        platform.faults.fail("unrestrict", new IllegalStateException() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new AssertionError("of the test");
            }
        });

        buffer.close();

        assertThat(heaps.usage().quarantined()).isEqualTo(4096);
        assertThat(heaps.problems()).singleElement().extracting(Problem::kind).isEqualTo(Problem.Kind.QUARANTINED);
        ops.kept.getFirst().release();
    }

    @Test
    void whatAPluginWithholdsItselfIsCountedAndReportedAsWell() {
        var refused = new IllegalStateException("the pool does not come back");
        var provider = FakeProvider.starting("withholding", context -> {
            context.registerRestricted(new HeapSpec("pool", VIDEO), new FakeRestricted(new FakePlatform()));
            context.quarantine("pool", 8192, refused);
            context.quarantine("pool", 0, refused);
        });
        try (var withholding = TestHeaps.open(new FakePlatform(), provider)) {
            assertThat(withholding.usage().quarantined()).isEqualTo(8192);
            assertThat(withholding.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                assertThat(problem.subject()).isEqualTo("pool");
                assertThat(problem.message()).contains("8192 bytes", "the pool does not come back");
            });
        }
    }

    @Test
    void protectionItsEndAndItsFailuresAreToldAsEvents(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("events.jfr");
        try (var recording = new Recording()) {
            List.of("Restrict", "Unrestrict", "Quarantine")
                    .forEach(name -> recording.enable("dmaheap." + name).withoutThreshold());
            recording.start();
            heap.allocate(1).close();
            platform.faults.fail("restrict", new IllegalStateException("of the test"));
            assertThatThrownBy(() -> heap.allocate(1)).isInstanceOf(HeapException.class);
            platform.faults.heal("restrict");
            DmaBuf buffer = heap.allocate(1);
            platform.faults.fail(
                    "unrestrict",
                    HeapException.of(ErrorCode.DEVICE_GONE, "dead").build());
            buffer.close();
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.hasField("heap")
                        && !List.of("dmaheap.Allocate", "dmaheap.Free")
                                .contains(event.getEventType().getName()))
                .extracting(event -> event.getEventType().getName().substring("dmaheap.".length())
                        + " "
                        + event.getString("heap")
                        + " "
                        + event.getLong("size")
                        + " "
                        + event.getString(event.hasField("reason") ? "reason" : "error"))
                .containsExactlyInAnyOrder(
                        "Restrict secret 4096 null",
                        "Unrestrict secret 4096 null",
                        "Restrict secret 4096 IllegalStateException",
                        "Restrict secret 4096 null",
                        "Unrestrict secret 4096 DEVICE_GONE",
                        "Quarantine secret 4096 io.dmaheap.HeapException: dead");
        ops.kept.getFirst().release();
    }

    @Test
    void aFreeThatFailsIsOverForTheCaller() {
        DmaBuf buffer = heap.allocate(1);
        platform.faults.fail("free", new IllegalStateException("of the test"));

        buffer.close();

        assertThat(heaps.usage().buffers()).isZero();
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("secret");
            assertThat(problem.message()).contains("release", "of the test");
        });
    }

    @Test
    void neverInitialisesInTwoThreadsAtOnceAndOnlyOnceInAll() throws Exception {
        try (var pool = Executors.newFixedThreadPool(4)) {
            var tasks = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 64; i++) {
                tasks.add(() -> {
                    heap.allocate(1).close();
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                done.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(ops.initialisingAtOnce).isFalse();
        assertThat(steps().stream().filter("init"::equals)).hasSize(1);
    }

    @Test
    void whatTheVendorsMemoryCanExportIsExported() {
        try (DmaBuf buffer = heap.allocate(1);
                DmaBufFd fd = buffer.exportFd();
                DmaBuf back = heaps.importFd(fd.number())) {
            assertThat(back.traits().protection()).isEqualTo(VIDEO.protection());
        }
    }

    @Test
    void whatTheVendorsMemoryCannotExportIsRefused() {
        platform.faults.fail(
                "exportFd",
                HeapException.of(ErrorCode.UNSUPPORTED, "stays inside").build());

        try (DmaBuf buffer = heap.allocate(1)) {
            assertThatThrownBy(buffer::exportFd)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        }
    }

    @Test
    void waitsForDevicesAsTheVendorsMemoryDoes() {
        try (DmaBuf buffer = heap.allocate(1)) {
            assertThat(buffer.awaitIdle(Access.WRITE, Duration.ofMillis(1))).isFalse();
            assertThatThrownBy(() -> buffer.exportFence(Access.READ)).isInstanceOf(HeapException.class);
        }
        assertThat(platform.faults.calls()).contains("awaitIdle", "exportFence");
    }

    /** A default of Memory that the frame forgets would answer in place of the vendor. */
    @Test
    void passesOnEverythingButTheCpusPart() {
        var problems = new Problems();
        var life =
                new LifeCalls("vendor", getClass().getClassLoader(), new CallLimit(Duration.ofSeconds(10), problems));
        Memory framed = new RestrictedFrame<>("secret", ops, new Quarantine(problems), life)
                .allocate(AllocationRequest.of(4096));

        List<String> cpusPart = List.of("map", "beginCpuAccess", "endCpuAccess");
        assertThat(Arrays.stream(Memory.class.getDeclaredMethods())
                        .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic()))
                .isNotEmpty()
                .allSatisfy(method -> {
                    Class<?> answers = framed.getClass()
                            .getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass();
                    if (cpusPart.contains(method.getName())) {
                        assertThat(answers).isEqualTo(framed.getClass());
                    } else {
                        assertThat(answers).isIn(framed.getClass(), ForwardingMemory.class);
                    }
                });
        framed.release();
    }

    @Test
    void theVendorsMemoryIsNotMappedEvenIfItsTraitsForgetToSaySo() {
        FakePlatform other = new FakePlatform();
        try (Heaps sloppy = TestHeaps.open(
                        other,
                        FakeProvider.starting(
                                "sloppy",
                                context -> context.registerRestricted(
                                        new HeapSpec("sloppy", Traits.UNKNOWN), new FakeRestricted(other))));
                Heap found = sloppy.find("sloppy").orElseThrow();
                DmaBuf buffer = found.allocate(1)) {
            assertThatThrownBy(buffer::read)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
        }
        other.assertNothingHeld();
    }
}
