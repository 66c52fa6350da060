package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.testkit.HeapContractTest;
import io.dmaheap.testkit.ImporterContractTest;
import io.dmaheap.testkit.RestrictedHeapContractTest;
import io.dmaheap.testkit.SecureDataPathContractTest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs the contracts on heaps and devices with a known flaw each. */
@Isolated("runs tests that count the file descriptors of the process")
class ContractCanFailTests {
    static final List<CallerFlaw> CALLER_FLAWS = CallerFlaw.all();

    @ParameterizedTest
    @EnumSource
    void aFlawIsNoticed(Flaw flaw) {
        Contract.flaw = flaw;
        Set<String> failed = failedTests(Contract.class, flaw == Flaw.NONE ? Set.of() : Set.of(flaw.noticedBy()));
        if (flaw == Flaw.NONE) {
            assertThat(failed).isEmpty();
        } else {
            assertThat(failed).containsExactly(flaw.noticedBy());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlawOfARestrictedHeapIsNoticed(ProtectionFlaw flaw) {
        RestrictedContract.flaw = flaw;
        Set<String> noticed = flaw == ProtectionFlaw.NONE ? Set.of() : Set.of(flaw.noticedBy());
        assertThat(failedTests(RestrictedContract.class, noticed)).isEqualTo(noticed);
    }

    @ParameterizedTest
    @EnumSource
    void aFlawOfTheSecureWorldIsNoticed(SecureWorldFlaw flaw) {
        SecureDataPathContract.flaw = flaw;
        if (flaw == SecureWorldFlaw.NONE) {
            assertThat(failedTests(SecureDataPathContract.class, Set.of())).isEmpty();
        } else {
            assertThat(failedTests(SecureDataPathContract.class, Set.of(flaw.noticedBy())))
                    .containsExactly(flaw.noticedBy());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlawOfTheGpusDataPathIsNoticed(DevicePathFlaw flaw) {
        GpuDataPathContract.flaw = flaw;
        Set<String> noticed = flaw == DevicePathFlaw.NONE ? Set.of() : Set.of(flaw.noticedBy());
        assertThat(failedTests(GpuDataPathContract.class, noticed)).isEqualTo(noticed);
    }

    @ParameterizedTest
    @EnumSource
    void aFlawOfADeviceIsNoticed(DeviceFlaw flaw) {
        ImporterContract.flaw = flaw;
        assertThat(failedTests(ImporterContract.class, flaw.noticedBy()))
                .containsExactlyInAnyOrderElementsOf(flaw.noticedBy());
    }

    /** Each in the contract that has the tests of those names. */
    @ParameterizedTest
    @FieldSource("CALLER_FLAWS")
    void aFlawBetweenCallerAndHeapIsNoticed(CallerFlaw flaw) {
        Set<String> failed = new TreeSet<>();
        CallerContract.flaw = flaw;
        RestrictedCallerContract.flaw = flaw;
        ImporterCallerContract.flaw = flaw;
        SecureCallerContract.flaw = flaw;
        for (Class<?> contract : List.<Class<?>>of(
                CallerContract.class,
                RestrictedCallerContract.class,
                ImporterCallerContract.class,
                SecureCallerContract.class)) {
            Set<String> own = new TreeSet<>(flaw.noticedBy());
            own.retainAll(ContractTests.of(contract));
            if (contract == RestrictedCallerContract.class) {
                own.removeAll(ContractTests.of(CallerContract.class));
            }
            if (!own.isEmpty()) {
                failed.addAll(failedTests(contract, own));
            }
        }
        assertThat(failed).containsExactlyInAnyOrderElementsOf(flaw.noticedBy());
    }

    /** A test that no flaw makes fail may check nothing. */
    @Test
    void everyTestOfAContractNoticesAFlaw() {
        Set<String> all = new TreeSet<>();
        for (Class<?> contract : List.<Class<?>>of(
                RestrictedContract.class,
                ImporterContract.class,
                SecureDataPathContract.class,
                GpuDataPathContract.class)) {
            all.addAll(ContractTests.of(contract));
        }
        Set<String> noticing = new TreeSet<>();
        for (var flaw : Flaw.values()) {
            noticing.add(flaw.noticedBy());
        }
        for (var flaw : ProtectionFlaw.values()) {
            noticing.add(flaw.noticedBy());
        }
        for (var flaw : SecureWorldFlaw.values()) {
            noticing.add(flaw.noticedBy());
        }
        for (var flaw : DevicePathFlaw.values()) {
            noticing.add(flaw.noticedBy());
        }
        for (var flaw : DeviceFlaw.values()) {
            noticing.addAll(flaw.noticedBy());
        }
        for (var flaw : CallerFlaw.all()) {
            noticing.addAll(flaw.noticedBy());
        }
        all.removeAll(noticing);
        assertThat(all).as("tests that no flaw makes fail").isEmpty();
    }

    /** Runs the tests of these names, or all if there are none. */
    private static Set<String> failedTests(Class<?> contract, Collection<String> only) {
        PostDiscoveryFilter named = test -> FilterResult.includedIf(
                only.isEmpty() || methodName(test).map(only::contains).orElse(true));
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contract))
                .filters(named)
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(event -> methodName(event.getTestDescriptor()).orElseThrow())
                .collect(Collectors.toSet());
    }

    private static Optional<String> methodName(TestDescriptor test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName());
    }

    static class Contract extends HeapContractTest {
        private static Flaw flaw = Flaw.NONE;

        @Override
        protected String heapName() {
            return flaw.heapName();
        }

        @Override
        protected Heaps openHeaps() {
            return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
        }
    }

    static class RestrictedContract extends RestrictedHeapContractTest {
        private static ProtectionFlaw flaw = ProtectionFlaw.NONE;

        @Override
        protected String heapName() {
            return flaw.heapName();
        }

        @Override
        protected Heaps openHeaps() {
            return BrokenBoard.open();
        }
    }

    static class SecureDataPathContract extends SecureDataPathContractTest {
        private static SecureWorldFlaw flaw = SecureWorldFlaw.NONE;

        @Override
        protected String heapName() {
            return "protected,secure-video";
        }

        @Override
        protected Heaps openHeaps() {
            return Heaps.open(HeapsOptions.defaults(), flaw.board());
        }
    }

    static class GpuDataPathContract extends GpuDataPathTests {
        private static DevicePathFlaw flaw = DevicePathFlaw.NONE;

        @Override
        protected Heaps openHeaps() {
            return flaw.spoil(super.openHeaps());
        }
    }

    static class ImporterContract extends ImporterContractTest {
        private static DeviceFlaw flaw = DeviceFlaw.NONE;

        @Override
        protected String heapName() {
            return "default_cma_region";
        }

        @Override
        protected String deviceName() {
            return "decoder";
        }

        @Override
        protected Heaps openHeaps() {
            return FlawedDevices.with(flaw, Heaps.open(HeapsOptions.defaults().withPlatform("emulator")));
        }
    }

    static class CallerContract extends HeapContractTest {
        private static @Nullable CallerFlaw flaw;

        @Override
        protected String heapName() {
            return "default_cma_region";
        }

        @Override
        protected Heaps openHeaps() {
            return present(flaw).spoil(Heaps.open(HeapsOptions.defaults().withPlatform("emulator")));
        }
    }

    static class RestrictedCallerContract extends RestrictedHeapContractTest {
        private static @Nullable CallerFlaw flaw;

        @Override
        protected String heapName() {
            return ProtectionFlaw.NONE.heapName();
        }

        @Override
        protected Heaps openHeaps() {
            return present(flaw).spoil(BrokenBoard.open());
        }
    }

    static class ImporterCallerContract extends ImporterContractTest {
        private static @Nullable CallerFlaw flaw;

        @Override
        protected String heapName() {
            return "default_cma_region";
        }

        @Override
        protected String deviceName() {
            return "decoder";
        }

        @Override
        protected Heaps openHeaps() {
            return present(flaw).spoil(Heaps.open(HeapsOptions.defaults().withPlatform("emulator")));
        }
    }

    static class SecureCallerContract extends SecureDataPathContractTest {
        private static @Nullable CallerFlaw flaw;

        @Override
        protected String heapName() {
            return "protected,secure-video";
        }

        @Override
        protected Heaps openHeaps() {
            return present(flaw).spoil(Heaps.open(HeapsOptions.defaults(), Emulator.standard()));
        }
    }

    private static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value, "no flaw was chosen");
    }
}
