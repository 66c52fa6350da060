package io.dmaheap.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Traits;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterTraitsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {"default_cma_region", "reserved", "linux,cma", "video@68000000", "memory@42000000-contiguous"})
    void areasAreContiguous(String exporter) {
        assertThat(ExporterTraits.of(Optional.of(exporter))).isEqualTo(Traits.CMA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"drm", "videobuf2_vmalloc", "secure@3e800000", "protected-video@42000000", "@42000000", "video@"
            })
    void nothingIsClaimedOfOthers(String exporter) {
        assertThat(ExporterTraits.of(Optional.of(exporter))).isEqualTo(Traits.UNKNOWN);
    }

    @Test
    void anExporterWithoutANameIsUnknown() {
        assertThat(ExporterTraits.of(Optional.empty())).isEqualTo(Traits.UNKNOWN);
    }
}
