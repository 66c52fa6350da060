package io.dmaheap.heaps.cma;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Traits;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.GrowingPlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CmaHeapsTests {

    private static RecordingContext startedWith(String... kernelHeaps) {
        try (var context = new RecordingContext(FakePlatform.withKernelHeaps(kernelHeaps))) {
            new CmaHeaps().start(context);
            return context;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default_cma_region",
                "reserved",
                "linux,cma",
                "default-pool",
                "linux,cma@90000000",
                "video@42000000",
                "memory@42000000-contiguous"
            })
    void offersAnAreaUnderTheKernelsName(String name) {
        var context = startedWith("system", name);
        assertThat(context.heaps()).containsOnlyKeys(name);
        assertThat(context.heaps().get(name).traits()).isEqualTo(Traits.CMA);
        assertThat(context.log()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reserved", "linux,cma", "default-pool"})
    void offersTheDefaultAreaOnceThoughItHasTwoNames(String former) {
        assertThat(startedWith("default_cma_region", former).heaps()).containsOnlyKeys("default_cma_region");
    }

    @Test
    void offersANodeOfAFormerNameThatIsNotTheDefaultArea() {
        assertThat(startedWith("default_cma_region", "linux,cma", "reserved").heaps())
                .containsOnlyKeys("default_cma_region", "linux,cma");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system",
                "system_cc_shared",
                "protected,secure-video",
                "protected-video@42000000",
                "restricted_mtk_cma",
                "restricted@80000000",
                "secure@3e800000",
                "secure_mtk_cma",
                "mtk_svp_cma",
                "video@",
                "video@4200000g",
                "@42000000"
            })
    void leavesOtherHeapsToOtherPlugins(String name) {
        var context = startedWith(name);
        assertThat(context.heaps()).isEmpty();
        assertThat(context.log()).singleElement().asString().startsWith("DEBUG").contains("platform fake", "cma=64M");
    }

    @Test
    void anAreaWhoseHeapComesLateIsOfferedThenAndTheDefaultOneOnce() {
        var platform = new GrowingPlatform();
        try (var context = new RecordingContext(platform)) {
            new CmaHeaps().start(context);
            assertThat(context.heaps()).isEmpty();
            platform.appear("video@42000000");
            platform.appear("default_cma_region");
            platform.appear("reserved");
            platform.appear("system");
            assertThat(context.heaps()).containsOnlyKeys("default_cma_region", "video@42000000");
        }
    }
}
