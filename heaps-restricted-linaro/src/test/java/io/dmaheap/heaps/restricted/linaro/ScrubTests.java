package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.DeviceBytes;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers that a trusted application overwrites before anybody else is given their memory. */
@ExtendWith(NoLeaks.class)
class ScrubTests {
    private static final long MIB = 1 << 20;
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final String FILL = VIDEO + " 0";

    private final Emulator board = Emulator.standard();

    @TempDir
    Path directory;

    private Heaps open(String scrub) throws IOException {
        Path policy = Files.writeString(
                directory.resolve("scrub.policy"), "plugin.heaps-restricted-linaro.scrub = " + scrub + "\n");
        return Heaps.open(HeapsOptions.defaults().withPolicy(policy), board);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdp", "protected,secure-video", "protected,trusted-ui", "protected,secure-video-record"})
    void theNextOwnerFindsNothingOfTheLast(String name) throws IOException {
        try (var heaps = open(FILL);
                var heap = heaps.find(name).orElseThrow();
                var _ = heap.allocate(4096)) {
            try (var mine = heap.allocate(MIB)) {
                DeviceBytes.write(heaps.device("tee").orElseThrow(), mine, "secret");
            }
            try (var theirs = heap.allocate(MIB)) {
                assertThat(DeviceBytes.read(heaps.device("tee").orElseThrow(), theirs, 6))
                        .isNotEqualTo("secret");
            }
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void memoryThatCouldNotBeOverwrittenIsQuarantinedAndTheNextIsTriedAgain() throws IOException {
        try (var heaps = open(FILL);
                var heap = heaps.find("sdp").orElseThrow()) {
            var buffer = heap.allocate(MIB);
            board.secureWorld().interpose(VIDEO, (_, _, _) -> TeeResult.GENERIC);
            buffer.close();
            board.secureWorld().withdraw(VIDEO);
            assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
            assertThat(heap.info().free()).hasValue(15 * MIB);
            heap.allocate(15 * MIB).close();
            assertThat(heap.info().free()).hasValue(15 * MIB);
        }
    }

    @Test
    void anInterruptCostsNoMemory() throws IOException {
        try (var heaps = open(FILL);
                var heap = heaps.find("sdp").orElseThrow()) {
            var before = heap.allocate(MIB);
            Thread.currentThread().interrupt();
            before.close();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();

            var during = heap.allocate(MIB);
            Thread closing = Thread.currentThread();
            var calls = new AtomicInteger();
            board.secureWorld().interpose(VIDEO, (command, parameters, behind) -> {
                if (calls.getAndIncrement() == 0) {
                    closing.interrupt();
                }
                return behind.invoke(command, parameters);
            });
            during.close();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(calls.get()).isPositive();

            assertThat(heaps.usage().quarantined()).isZero();
            assertThat(heaps.problems()).isEmpty();
            assertThat(heap.info().free()).hasValue(16 * MIB);
        }
    }

    @Test
    void aTeeThatDiedAndCameBackIsReachedAgain() throws IOException {
        try (var heaps = open(FILL);
                var heap = heaps.find("sdp").orElseThrow()) {
            var buffer = heap.allocate(MIB);
            board.secureWorld().kill();
            buffer.close();
            assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
            assertThatThrownBy(() -> heap.allocate(MIB))
                    .as("it would be lost as well")
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DEVICE_GONE));
            board.secureWorld().revive();
            heap.allocate(MIB).close();
            assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
        }
    }

    @Test
    void withoutTheTeeThereAreNoBuffersUntilItComes() throws IOException {
        board.secureWorld().setPresent(false);
        try (var heaps = open(FILL);
                var heap = heaps.find("sdp").orElseThrow()) {
            assertThatThrownBy(() -> heap.allocate(MIB))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DEVICE_GONE));
            assertThat(heap.info().free()).hasValue(16 * MIB);
            board.secureWorld().setPresent(true);
            heap.allocate(MIB).close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zeros", "045d2922-7f6a-4719-8777-63b1d3e22ddc", "045d2922-7f6a-4719-8777-63b1d3e22ddc x"})
    void aSettingThatNamesNoApplicationStopsThePluginAndSaysWhatToWrite(String setting) throws IOException {
        try (var heaps = open(setting)) {
            assertThat(heaps.plugins())
                    .filteredOn(plugin -> plugin.id().equals("heaps-restricted-linaro"))
                    .singleElement()
                    .satisfies(plugin -> assertThat(plugin.state()).isEqualTo(PluginInfo.State.FAILED));
            assertThat(heaps.problems()).singleElement().asString().contains(setting, "UUID");
        }
    }

    /** It says success, and that it wrote half of the buffer, or more than there is. */
    @ParameterizedTest
    @CsvSource({
        "sdp, 524288", "sdp, 1048577",
        "'protected,secure-video', 524288", "'protected,secure-video', 2097152",
        "'protected,trusted-ui', 524288", "'protected,trusted-ui', 2097152",
        "'protected,secure-video-record', 524288", "'protected,secure-video-record', 2097152"
    })
    void memoryOfWhichAnotherPartThanTheWholeWasOverwrittenIsQuarantined(String name, long written) throws IOException {
        try (var heaps = open(FILL);
                var heap = heaps.find(name).orElseThrow();
                var _ = heap.allocate(4096)) {
            var buffer = heap.allocate(MIB);
            board.secureWorld().interpose(VIDEO, (command, parameters, behind) -> {
                parameters.memory(0).report(written);
                return TeeResult.SUCCESS;
            });
            buffer.close();
            board.secureWorld().withdraw(VIDEO);
            assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
            // More than there is the secure world itself takes for a fault of the application.
            assertThat(heaps.problems())
                    .singleElement()
                    .asString()
                    .contains(written < MIB ? written + " bytes of 1048576" : "TARGET_DEAD");
        }
    }
}
