package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Heaps of the kernel that no plugin knows, and names that no heap has. */
class KernelHeapOfferTests {
    private final FakePlatform platform = new FakePlatform() {
        @Override
        public List<KernelHeap> kernelHeaps() {
            return List.of(new Node("cma"), new Node("system-uncached"));
        }

        @Override
        public Map<String, String> heapAliases() {
            return Map.of("camera", "cma");
        }
    };

    private final class Node implements KernelHeap {
        private final String name;

        Node(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Memory allocate(AllocationRequest request) {
            return platform.memory(request.size());
        }
    }

    private Heaps open(List<String> policy, HeapProvider... providers) {
        return TestHeaps.open(
                platform, TestHeaps.policy(policy.toArray(String[]::new)), LeakDetection.SAMPLED, providers);
    }

    @Test
    void aNodeThatNoPluginOffersIsListedWithThePolicyLineThatOffersIt() {
        try (Heaps heaps = open(List.of())) {
            assertThat(heaps.heaps()).extracting(HeapInfo::name).containsExactly("cma", "system-uncached");
            assertThat(heaps.heaps()).allSatisfy(heap -> {
                assertThat(heap.state()).isEqualTo(HeapState.AWAITED);
                assertThat(heap.openable().yes()).isFalse();
                assertThat(heap.openable().reason()).contains("no plugin offers it", "kernel-heap." + heap.name());
            });
            assertThat(heaps.find("cma")).isEmpty();
        }
    }

    @Test
    void aPolicyLineOffersItWithTheTraitsThatItStates() {
        try (Heaps heaps = open(List.of("kernel-heap.cma = contiguous cached alignment=64K"));
                Heap heap = heaps.heap("cma")) {
            assertThat(heap.info().traits())
                    .isEqualTo(new Traits(
                            Answer.YES, Answer.YES, Answer.UNKNOWN, Answer.UNKNOWN, 64 << 10, Optional.empty()));
            assertThat(heap.info().plugin()).isEqualTo("policy");
            assertThat(heap.info().aliases()).contains("camera");
            heap.allocate(4096).close();
        }
        platform.assertNothingHeld();
    }

    @Test
    void aPolicyLineCanStateThatItIsProtected() {
        try (Heaps heaps = open(List.of("kernel-heap.cma = protected=secure-video"));
                Heap heap = heaps.heap("cma")) {
            assertThat(heap.info().traits().protection())
                    .contains(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void aPluginThatOffersTheNodeComesBeforeThePolicy() {
        var plugin = FakeProvider.of("cma", Traits.CMA, request -> platform.memory(request.size()));
        try (Heaps heaps = open(List.of("kernel-heap.cma = scattered"), plugin);
                Heap heap = heaps.heap("cma")) {
            assertThat(heap.info().traits()).isEqualTo(Traits.CMA);
            assertThat(heaps.problems()).isEmpty();
        }
    }

    @Test
    void aLinkToANodeIsAnAliasOfItsHeap() {
        var plugin = FakeProvider.of("cma", Traits.CMA, request -> platform.memory(request.size()));
        try (Heaps heaps = open(List.of(), plugin);
                Heap heap = heaps.heap("camera")) {
            assertThat(heap.info().name()).isEqualTo("cma");
        }
    }

    @Test
    void aHeapThatHasToBeThereIsRefusedWithGuesses() {
        var plugin = FakeProvider.of("system", Traits.SYSTEM, request -> platform.memory(request.size()));
        try (Heaps heaps = open(List.of(), plugin)) {
            assertThatThrownBy(() -> heaps.heap("sytem"))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.HEAP_NOT_FOUND))
                    .hasMessageContaining("Did you mean system?");
        }
    }

    @Test
    void theRefusalNamesPluginsThatFailed() {
        var broken = FakeProvider.starting("vendor", context -> {
            throw new IllegalStateException("on purpose");
        });
        try (Heaps heaps = open(List.of(), broken)) {
            assertThatThrownBy(() -> heaps.heap("npu"))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContainingAll("The plugin vendor failed", "on purpose");
        }
    }

    @Test
    void withoutAnyPluginThatIsAProblemAndPartOfTheRefusal() {
        try (Heaps heaps = open(List.of())) {
            assertThat(heaps.problems()).extracting(Problem::kind).containsExactly(Problem.Kind.NO_PLUGIN);
            assertThatThrownBy(() -> heaps.heap("system")).hasMessageContaining("There is no plugin");
        }
    }

    @Test
    void thatThePluginsWentAtTheEndIsNoProblem() {
        Heaps heaps = open(List.of(), FakeProvider.starting("vendor", _ -> {}));
        heaps.close();
        assertThat(heaps.problems()).isEmpty();
    }

    @Test
    void traitsThatMakeNoSenseStopTheStartWithTheirPlace() {
        for (String wrong : List.of("fast", "alignment=3", "alignment=", "protected=", "")) {
            assertThatThrownBy(() -> TestHeaps.policy("kernel-heap.cma = " + wrong))
                    .as(wrong)
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining(".policy:1: ");
        }
    }
}
