package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.ErrorCode;
import io.dmaheap.Finding;
import io.dmaheap.HeapException;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class EmulatorPlatformTests {
    private static final long MEGABYTE = 1 << 20;

    private static Platform machine(String backing) {
        return new EmulatorPlatformProvider().open(Map.of("memory", "1M", "backing", backing));
    }

    private static HeapOps memory(Platform platform) {
        return platform.systemMemory().orElseThrow();
    }

    @Test
    void isAlwaysUsableAfterEverythingElse() {
        var provider = new EmulatorPlatformProvider();
        var suitability = provider.suitability();
        assertThat(provider.name()).isEqualTo("emulator");
        assertThat(suitability.usable()).isTrue();
        assertThat(suitability.rank()).isZero();
        assertThat(suitability.reason()).contains("software");
        assertThat(provider.diagnose()).extracting(Finding::subject).containsExactly("emulator");
    }

    @Test
    void isFoundOnTheModulePathAndOnTheClassPath() throws IOException {
        String provider = EmulatorPlatformProvider.class.getName();
        assertThat(EmulatorPlatformProvider.class.getModule().getDescriptor().provides())
                .singleElement()
                .satisfies(provided -> assertThat(provided.providers()).containsExactly(provider));
        try (var services = EmulatorPlatformProvider.class.getResourceAsStream(
                "/META-INF/services/" + PlatformProvider.class.getName())) {
            assertThat(services).asString(StandardCharsets.UTF_8).isEqualToIgnoringNewLines(provider);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void memoryIsTakenFromTheMachineAndGoesBack(String backing) {
        try (var platform = machine(backing)) {
            var memory = memory(platform);
            var buffer = memory.allocate(AllocationRequest.of(MEGABYTE / 4));
            assertThat(platform.availableMemory()).isEqualTo(MEGABYTE * 3 / 4);
            assertThat(memory.status().total()).hasValue(MEGABYTE);
            assertThat(memory.status().free()).hasValue(MEGABYTE * 3 / 4);
            buffer.release();
            assertThat(platform.availableMemory()).isEqualTo(MEGABYTE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void aFullMachineGivesNothingUntilSomethingIsReleased(String backing) {
        try (var platform = machine(backing)) {
            var memory = memory(platform);
            List<Memory> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(memory.allocate(AllocationRequest.of(MEGABYTE / 16)));
            }
            assertThatThrownBy(() -> memory.allocate(AllocationRequest.of(4096)))
                    .asInstanceOf(type(HeapException.class))
                    .extracting(HeapException::code)
                    .isEqualTo(ErrorCode.OUT_OF_MEMORY);
            all.removeLast().release();
            all.add(memory.allocate(AllocationRequest.of(4096)));
            all.forEach(Memory::release);
            assertThat(platform.availableMemory()).isEqualTo(MEGABYTE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void everyMappingShowsTheSameZeroedBytes(String backing) {
        try (var platform = machine(backing)) {
            var buffer = memory(platform).allocate(AllocationRequest.of(8192));
            var mapping = buffer.map(Access.READ_WRITE);
            try (var first = Arena.ofConfined();
                    var second = Arena.ofConfined()) {
                assertThat(mapping.segment(first).byteSize()).isEqualTo(8192);
                assertThat(mapping.segment(first).get(ValueLayout.JAVA_LONG, 8184))
                        .isZero();
                mapping.segment(first).set(ValueLayout.JAVA_LONG, 8184, 42);
                assertThat(mapping.segment(second).get(ValueLayout.JAVA_LONG, 8184))
                        .isEqualTo(42);
            }
            mapping.unmap();
            buffer.release();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void theLabelOfTheRequestIsKept(String backing) {
        try (var platform = machine(backing)) {
            var buffer = memory(platform).allocate(AllocationRequest.of(4096).withName("preview"));
            assertThat(buffer.info().name()).contains("preview");
            buffer.release();
        }
    }

    @Test
    void theHostsMemoryBoundsWhatIsAvailable() {
        try (var platform = new EmulatorPlatformProvider().open(Map.of("memory", "1024G", "backing", "memfd"))) {
            assertThat(platform.availableMemory()).isPositive().isLessThan(1024L << 30);
        }
    }

    @Test
    void aMachineWithoutDescriptorsSaysSoForEverythingThatNeedsThem() {
        try (var platform = machine("plain")) {
            var buffer = memory(platform).allocate(AllocationRequest.of(4096));
            assertThat(buffer.info().descriptor()).isEqualTo(Descriptor.NONE);
            assertUnsupported(buffer::exportFd);
            assertUnsupported(() -> platform.importFd(0));
            assertUnsupported(() -> platform.listen(Path.of("nowhere")));
            assertUnsupported(() -> platform.connect(Path.of("nowhere")));
            assertThat(platform.holders()).isEmpty();
            buffer.release();
        }
    }

    private static void assertUnsupported(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(HeapException.class))
                .extracting(HeapException::code)
                .isEqualTo(ErrorCode.UNSUPPORTED);
    }

    @Test
    void memoryThatTheJvmDoesNotHaveIsGivenBackToTheMachine() {
        try (var platform = new EmulatorPlatformProvider().open(Map.of("memory", "1024G", "backing", "plain"))) {
            assertThatThrownBy(() -> memory(platform).allocate(AllocationRequest.of(900L << 30)))
                    .asInstanceOf(type(HeapException.class))
                    .extracting(HeapException::code)
                    .isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(memory(platform).status().free()).hasValue(1024L << 30);
        }
    }
}
