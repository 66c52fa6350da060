package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs the contract on heaps with a known flaw each. */
@Isolated("runs tests that count the file descriptors of the process")
class ContractCanFailTests {

    @ParameterizedTest
    @EnumSource
    void aFlawIsNoticed(Flaw flaw) {
        Contract.flaw = flaw;
        Set<String> failed = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Contract.class))
                .filters(testsAbout(flaw))
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(event -> methodName(event.getTestDescriptor()).orElseThrow())
                .collect(Collectors.toSet());
        if (flaw == Flaw.NONE) {
            assertThat(failed).isEmpty();
        } else {
            assertThat(failed).containsExactly(flaw.noticedBy());
        }
    }

    /** The whole contract for the control, else the one test that must notice. */
    private static PostDiscoveryFilter testsAbout(Flaw flaw) {
        return test -> FilterResult.includedIf(flaw == Flaw.NONE
                || methodName(test).map(flaw.noticedBy()::equals).orElse(true));
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
}
