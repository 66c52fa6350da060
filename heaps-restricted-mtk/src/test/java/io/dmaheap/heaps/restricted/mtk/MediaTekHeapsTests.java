package io.dmaheap.heaps.restricted.mtk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.GrowingPlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTekHeapsTests {

    private static RecordingContext startedWith(String... kernelHeaps) {
        try (var context = new RecordingContext(FakePlatform.withKernelHeaps(kernelHeaps))) {
            new MediaTekHeaps().start(context);
            return context;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "restricted_mtk_cm, YES",
        "restricted_mtk_cma, YES",
        "secure_mtk_cm, YES",
        "secure_mtk_cma, YES",
        "mtk_svp, YES",
        "mtk_svp_cma, YES",
        "mtk_svp_region, UNKNOWN",
        "mtk_svp_region-aligned, UNKNOWN",
        "mtk_svp_page-uncached, UNKNOWN"
    })
    void offersTheSecureVideoPathUnderEveryNameItEverHad(String name, Answer zeroed) {
        var context = startedWith("system", name);
        assertThat(context.heaps()).containsOnlyKeys(name);
        assertThat(context.heaps().get(name).traits()).satisfies(traits -> {
            assertThat(traits.protection()).contains(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));
            assertThat(traits.cpuAccessible()).isEqualTo(Answer.NO);
            assertThat(traits.zeroed()).isEqualTo(zeroed);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system",
                "restricted_mtk_",
                "restricted_acme",
                "mtk_wfd_region",
                "protected,secure-video",
                "secure_mtk"
            })
    void leavesOtherHeapsAloneAndSaysSo(String name) {
        var context = startedWith(name);
        assertThat(context.heaps()).isEmpty();
        assertThat(context.log())
                .singleElement()
                .asString()
                .startsWith("DEBUG")
                .contains("platform fake", "MediaTek's");
    }

    @Test
    void aHeapThatTheKernelMakesLateIsOfferedThen() {
        var platform = new GrowingPlatform();
        try (var context = new RecordingContext(platform)) {
            new MediaTekHeaps().start(context);
            assertThat(context.heaps()).isEmpty();
            platform.appear("restricted_mtk_cm");
            platform.appear("restricted_mtk_cma");
            platform.appear("system");
            assertThat(context.heaps()).containsOnlyKeys("restricted_mtk_cm", "restricted_mtk_cma");
        }
    }
}
