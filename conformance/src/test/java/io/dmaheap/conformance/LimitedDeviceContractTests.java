package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.ImporterContractTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The importer contract with devices that can do little each, and what of a page and of three megabytes suits them. */
@ParameterizedClass(name = "{0} by {1}")
@CsvSource({
    "system,             anything,       YES, YES",
    "system,             two-segments,   YES, NO",
    "system,             one-segment,    YES, NO",
    "system,             short-segments, YES, NO",
    "system,             near,           NO,  NO",
    "default_cma_region, anything,       YES, YES",
    "default_cma_region, two-segments,   YES, YES",
    "default_cma_region, one-segment,    YES, YES",
    "default_cma_region, short-segments, YES, NO",
    "default_cma_region, near,           NO,  NO",
    "low@40000000,       near,           YES, YES"
})
class LimitedDeviceContractTests extends ImporterContractTest {
    @TempDir
    static Path directory;

    private static Path policy;

    @Parameter(0)
    String heap;

    @Parameter(1)
    String device;

    @Parameter(2)
    Answer forOnePage;

    @Parameter(3)
    Answer forThreeMebibytes;

    @BeforeAll
    static void describeTheBoard() throws IOException {
        Path tree = Files.writeString(directory.resolve("board.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
                    reserved-memory {
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        low@40000000 { compatible = "shared-dma-pool"; reusable; reg = <0x40000000 0x20000000>; };
                        linux,cma {
                            compatible = "shared-dma-pool";
                            reusable;
                            linux,cma-default;
                            reg = <0x70000000 0x1000000>;
                        };
                    };
                    anything { dmaheap,master = "anything"; };
                    two-segments { dmaheap,master = "two-segments"; dmaheap,max-segments = <2>; };
                    one-segment { dmaheap,master = "one-segment"; dmaheap,max-segments = <1>; };
                    short-segments { dmaheap,master = "short-segments"; dmaheap,max-segment-size = <0x10000>; };
                    bus {
                        compatible = "simple-bus";
                        #address-cells = <1>;
                        #size-cells = <1>;
                        ranges;
                        dma-ranges = <0x40000000 0x40000000 0x20000000>;
                        near { dmaheap,master = "near"; };
                    };
                };
                """);
        policy = Files.writeString(directory.resolve("board.policy"), "platform.emulator.board = " + tree + "\n");
    }

    @Override
    protected String heapName() {
        return heap;
    }

    @Override
    protected String deviceName() {
        return device;
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator").withPolicy(policy));
    }

    @Test
    void theDeviceCanWhatItsLimitsAllow() {
        try (var page = heap().allocate(4096);
                var large = heap().allocate(3 << 20)) {
            assertThat(page.canAccess(device, Access.READ_WRITE)).isEqualTo(forOnePage);
            assertThat(large.canAccess(device, Access.READ_WRITE)).isEqualTo(forThreeMebibytes);
        }
    }
}
