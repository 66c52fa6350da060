package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Finding;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A name in a policy that nothing has. */
class UnknownNamesTests {
    private final FakePlatform platform = new FakePlatform();

    private List<Finding> findings(String... lines) {
        var policy = TestHeaps.policy(lines);
        try (var heaps = TestHeaps.open(
                platform,
                policy,
                LeakDetection.SAMPLED,
                FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)))) {
            return new UnknownNames(heaps, policy).findings();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit.sytem.buffer = 1M    | no heap here is called sytem                               | Did you mean system?
            limit.SYSTEM.buffer = 1M   | no heap here is called SYSTEM                              | Did you mean system?
            export.sytem = denied      | no heap here is called sytem                               | Did you mean system?
            native-access = vendor     | no plugin here is called vendor                            | there is plugin-of-system
            plugin.nosuch.key = x      | no plugin here is called nosuch                            | there is plugin-of-system
            platform.fakee.memory = 1M | no platform is called fakee                                | Did you mean fake?
            device.codek = system      | no device here is called codek                             | Did you mean codec?
            device.codec = sytem       | no heap here is called sytem                               | Did you mean system?
            alias.camera = cam0 cam1   | no heap is here that the alias camera could stand for      | there is system
            """)
    void isToldWithItsPlace(String line, String what, String fix) {
        assertThat(findings("# first", line)).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Finding.Status.WARN);
            assertThat(finding.subject()).isEqualTo("policy");
            assertThat(finding.detail()).contains(":2: " + what + ", so this setting has no effect");
            assertThat(finding.fix()).contains(fix);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit.system.client.me = 1M",
                "limit.available = 50%",
                "export.system = denied",
                "native-access =",
                "plugin.plugin-of-system.key = x",
                "alias.video_* = protected,*",
                "alias.camera = cam0 system",
                "device.codec = system"
            })
    void whatThereIsIsNotTold(String line) {
        assertThat(findings(line)).isEmpty();
    }

    @Test
    void thePolicyThatIsBuiltInIsNotTheOperators() {
        assertThat(findings()).isEmpty();
    }
}
