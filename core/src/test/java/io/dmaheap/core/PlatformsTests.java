package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which platform a program gets, by what the kernel has and what this process may do. */
class PlatformsTests {
    private static final Offer EMULATOR = new Offer("emulator", 0, true, true, false, "a machine in software");

    private record Offer(
            String name, int rank, boolean usable, boolean hasHeaps, boolean mayBecomeUsable, String reason)
            implements PlatformProvider {
        @Override
        public Suitability suitability() {
            return new Suitability(usable, rank, reason);
        }

        @Override
        public Platform open(Map<String, String> configuration) {
            return new FakePlatform();
        }
    }

    private static Offer linux(boolean usable, boolean hasHeaps, boolean nativeAccess, String reason) {
        return new Offer("linux", 100, usable, hasHeaps, nativeAccess, reason);
    }

    private static Platforms.Picked pick(PlatformProvider... providers) {
        return Platforms.pick(Optional.empty(), List.of(providers));
    }

    @Test
    void aKernelWhoseHeapsCanBeOpenedIsTakenAndNothingIsToBeSaid() {
        var picked = pick(EMULATOR, linux(true, true, true, "has heaps that can be opened: system"));
        assertThat(picked.info().name()).isEqualTo("linux");
        assertThat(picked.problem()).isEmpty();
    }

    @Test
    void aKernelWhoseHeapsThisUserMayNotOpenIsTakenWithTheReason() {
        var picked =
                pick(EMULATOR, linux(false, true, true, "system is root:root rw-------, and uid 1000 gets EACCES"));
        assertThat(picked.info().name()).isEqualTo("linux");
        assertThat(picked.info().reason()).contains("EACCES");
        assertThat(picked.problem()).isEmpty();
    }

    @Test
    void aKernelWithHeapsAndNoNativeAccessIsARefusalWithTheFixAndNotTheEmulator() {
        var denied =
                linux(false, true, false, "native access is not enabled. Start java with --enable-native-access=X");
        assertThatThrownBy(() -> pick(EMULATOR, denied))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PLATFORM_UNAVAILABLE))
                .hasMessageContainingAll("--enable-native-access=X", "withPlatform(\"emulator\")");
    }

    @Test
    void aKernelWithoutHeapsGivesWayToTheEmulatorAndAProblemSaysSo() {
        var picked = pick(linux(false, false, true, "/dev/dma_heap is missing"), EMULATOR);
        assertThat(picked.info().name()).isEqualTo("emulator");
        assertThat(picked.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.EMULATED_PLATFORM);
            assertThat(problem.message()).contains("/dev/dma_heap is missing");
            assertThat(problem.hint()).contains("-Ddmaheap.platform=emulator");
        });
    }

    @Test
    void anEmulatorThatWasAskedForIsNoProblem() {
        var providers = List.<PlatformProvider>of(linux(true, true, true, "has heaps"), EMULATOR);
        assertThat(Platforms.pick(Optional.of("emulator"), providers).problem()).isEmpty();
    }

    @Test
    void anEmulatorThatIsTheOnlyPlatformOnThePathIsNoProblem() {
        assertThat(pick(EMULATOR).problem()).isEmpty();
    }

    @Test
    void aProviderThatBreaksWhenItIsJudgedStopsNoOther() {
        var broken = new PlatformProvider() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public Suitability suitability() {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public Platform open(Map<String, String> configuration) {
                throw new AssertionError("not to be opened");
            }
        };
        assertThat(pick(broken, EMULATOR).info().name()).isEqualTo("emulator");
    }
}
