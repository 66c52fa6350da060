package io.dmaheap.heaps.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Traits;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Platform;
import io.dmaheap.testkit.fake.FakeHeap;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.GrowingPlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import io.dmaheap.testkit.fake.RecordingContext.Registration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemHeapsTests {

    private static RecordingContext startedOn(Platform platform) {
        try (var context = new RecordingContext(platform)) {
            new SystemHeaps().start(context);
            return context;
        }
    }

    @Test
    void takesTheKernelsHeapWhereThereIsOne() {
        KernelHeap system = new FakeHeap("system");
        var platform = new FakePlatform(List.of(system), Optional.of(new FakeHeap("not needed")));
        assertThat(startedOn(platform).heaps().get("system")).isInstanceOfSatisfying(Registration.Plain.class, heap -> {
            assertThat(heap.ops()).isSameAs(system);
            assertThat(heap.traits()).isEqualTo(Traits.SYSTEM);
        });
    }

    @Test
    void takesThePlatformsMemoryWhereThereIsNoKernelHeap() {
        var platform = FakePlatform.withSystemMemory();
        assertThat(startedOn(platform).heaps().get("system"))
                .isInstanceOfSatisfying(
                        Registration.Plain.class,
                        heap -> assertThat(heap.ops())
                                .isSameAs(platform.systemMemory().orElseThrow()));
    }

    @Test
    void theHeapForConfidentialGuestsKeepsItsOwnName() {
        assertThat(startedOn(FakePlatform.withKernelHeaps("system", "system_cc_shared"))
                        .heaps())
                .containsOnlyKeys("system", "system_cc_shared");
    }

    @Test
    void offersUdmabufBesideTheKernelsHeap() {
        var udmabuf = new FakeHeap("udmabuf");
        var platform = new FakePlatform(List.of(new FakeHeap("system")), Optional.empty(), Optional.of(udmabuf));
        assertThat(startedOn(platform).heaps()).containsOnlyKeys("system", "udmabuf");
        assertThat(startedOn(platform).heaps().get("udmabuf"))
                .isInstanceOfSatisfying(Registration.Plain.class, heap -> {
                    assertThat(heap.ops()).isSameAs(udmabuf);
                    assertThat(heap.traits()).isEqualTo(Traits.SYSTEM);
                });
    }

    @Test
    void leavesOtherKernelHeapsAlone() {
        assertThat(startedOn(FakePlatform.withKernelHeaps("system", "reserved", "my-system", "systems"))
                        .heaps())
                .containsOnlyKeys("system");
    }

    @Test
    void withoutAnySuchMemoryItRegistersNothingAndSaysWhy() {
        var context = startedOn(FakePlatform.withKernelHeaps("reserved"));
        assertThat(context.heaps()).isEmpty();
        assertThat(context.log())
                .singleElement()
                .asString()
                .startsWith("DEBUG")
                .contains("CONFIG_DMABUF_HEAPS_SYSTEM", "platform fake");
    }

    @Test
    void aHeapWhoseModuleIsLoadedLateIsOfferedThen() {
        var platform = new GrowingPlatform();
        try (var context = new RecordingContext(platform)) {
            new SystemHeaps().start(context);
            assertThat(context.heaps()).isEmpty();
            platform.appear("system");
            platform.appear("system_cc_shared");
            platform.appear("reserved");
            assertThat(context.heaps()).containsOnlyKeys("system", "system_cc_shared");
        }
    }
}
