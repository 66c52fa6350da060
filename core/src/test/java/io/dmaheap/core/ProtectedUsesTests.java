package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code doctor} says of protected uses. */
class ProtectedUsesTests {
    private static final Traits GPU = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "gpu"));
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));

    private final FakePlatform platform = new FakePlatform();

    private List<Finding> findings(FakeProvider... providers) {
        try (Heaps heaps = TestHeaps.open(platform, providers)) {
            return new ProtectedUses(heaps, List.of()).findings();
        }
    }

    @Test
    void aUseThatAHeapServesIsFine() {
        assertThat(findings(FakeProvider.of("vault", VIDEO, new FakeHeap(platform))))
                .contains(Finding.ok("protected secure-video", "vault"));
    }

    @Test
    void everyMissingPartComesWithWhatProvidesIt() {
        assertThat(findings(FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)))
                        .getFirst())
                .satisfies(finding -> {
                    assertThat(finding.status()).isEqualTo(Finding.Status.INFO);
                    assertThat(finding.detail())
                            .contains("TEE tee0", "no firmware known", "no region known", "no plugin for it");
                    assertThat(finding.fix())
                            .contains("firmware: ", "region: ", "plugin: ")
                            .doesNotContain("TEE: ");
                });
    }

    @Test
    void aVendorsPluginCountsWhateverItIsCalled() {
        var acme = FakeProvider.starting("acme-vault", _ -> {});
        assertThat(findings(acme).getFirst().detail()).contains("plugins that found nothing to offer: acme-vault");
        var other = FakeProvider.of("acme-gpu", GPU, new FakeHeap(platform));
        assertThat(findings(other).getFirst()).satisfies(finding -> {
            assertThat(finding.detail()).contains("plugins with other protected memory: plugin-of-acme-gpu");
            assertThat(finding.fix()).doesNotContain("plugin: ");
        });
    }

    @Test
    void aMachineThatCannotBeOpenedIsToldWhatItLacksToo() {
        List<Finding> findings = Heaps.diagnose(HeapsOptions.defaults().withPlatform("mars"));
        assertThat(findings)
                .filteredOn(finding -> finding.subject().startsWith("protected "))
                .hasSize(3)
                .allSatisfy(finding -> assertThat(finding.detail()).contains("no platform mars"));
    }
}
