package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.io.File;
import java.lang.module.ResolvedModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is lost where the JVM has no memory or no stack left. */
class ShortOfMemoryTests {
    private final FakePlatform platform = new FakePlatform();

    static Stream<Arguments> stepsAndErrors() {
        return Stream.of("heapFlags", "availableMemory", "allocate", "setName")
                .flatMap(step -> Stream.of(new OutOfMemoryError("of the test"), new StackOverflowError("of the test"))
                        .map(error -> Arguments.of(step, error)));
    }

    @ParameterizedTest
    @MethodSource("stepsAndErrors")
    void anErrorAtAnyStepOfAnAllocationLosesNothing(String step, Error error) {
        try (Heaps heaps = TestHeaps.open(
                        platform,
                        TestHeaps.policy(
                                "limit.system.client = 1M", "limit.system.total = 1M", "limit.system.wait = 1s"),
                        LeakDetection.SAMPLED,
                        FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));
                Heap heap = heaps.find("system").orElseThrow()) {
            platform.faults.fail(step, error);
            var request = AllocationRequest.of(4096)
                    .withClient("tv")
                    .withName("frame")
                    .withHeapFlags(0);
            Throwable thrown = null;
            try {
                heap.allocate(step.equals("heapFlags") ? request.withHeapFlags(1) : request)
                        .close();
            } catch (Throwable e) {
                thrown = e;
            }

            assertThat(thrown).isNotNull();
            assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, 0));
            assertThat(heap.bytesByClient()).isEmpty();
            platform.faults.heal(step);
            heap.allocate(AllocationRequest.of(1 << 20).withClient("tv")).close();
        }
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    @Test
    void aHeapOfTwentyMegabytesThatIsFullLosesNoBuffer() throws Exception {
        assertNothingLeft("-Xmx20m", "heap");
    }

    @Test
    void aStackThatIsFullLosesNoBuffer() throws Exception {
        assertNothingLeft("-Xss512k", "stack");
    }

    private static void assertNothingLeft(String option, String what) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Djava.util.logging.config.file=src/test/logging.properties",
                "--class-path",
                classPath(),
                ShortOfMemory.class.getName(),
                what));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("left " + new Usage(1, 0, 0, 0, 0, 0, 0, 0) + " memories 0")
                .doesNotContain("errors 0\n")
                .contains("stopped 1 platform closed 1");
    }

    private static String classPath() {
        return Stream.concat(
                        Stream.of(System.getProperty("java.class.path"), "target/test-classes"),
                        ModuleLayer.boot().configuration().modules().stream()
                                .map(ResolvedModule::reference)
                                .flatMap(reference -> reference.location().stream())
                                .filter(location -> location.getScheme().equals("file"))
                                .map(location -> Path.of(location).toString()))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
