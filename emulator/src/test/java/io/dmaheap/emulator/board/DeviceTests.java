package io.dmaheap.emulator.board;

import static io.dmaheap.emulator.board.Boards.assertProblems;
import static io.dmaheap.emulator.board.Boards.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceTests {
    private static final String REGIONS =
            Boards.region("a", 0, 1, "phandle = <1>;") + Boards.region("b", 1, 1, "phandle = <2>;");

    @Test
    void aDeviceOfARealBoardIsWhoeverUsesARegion() {
        var board = board("bus { codec@1 { compatible = \"acme,codec\"; memory-region = <2 1>; }; uart@2 { }; };");

        assertThat(board.devices()).singleElement().satisfies(device -> {
            assertThat(device.name()).isEqualTo("codec@1");
            assertThat(device.path()).isEqualTo("/bus/codec@1");
            assertThat(device.compatible()).containsExactly("acme,codec");
            assertThat(device.regions()).extracting(use -> use.region().name()).containsExactly("b", "a");
            assertThat(device.dma().addressBits()).isEqualTo(32);
            assertThat(device.dma().maxSegments()).isEqualTo(DmaLimits.ANY_SEGMENTS);
            assertThat(device.dma().maxSegmentSize()).isEqualTo(DmaLimits.ANY_SIZE);
            assertThat(device.secureReads()).isFalse();
        });
    }

    @Test
    void whatTreesHaveNoWordForIsSaidUnderOurOwnPrefix() {
        var device = board("""
                        gpu@1 {
                            dmaheap,master = "gpu"; dmaheap,dma-bits = <40>; dmaheap,max-segments = <7>;
                            dmaheap,max-segment-size = <0x10000>;
                            dmaheap,secure-reads; dma-coherent; protected-heap-name = "protected,trusted-ui";
                        };
                        """).device("gpu").orElseThrow();

        assertThat(device.dma().addressBits()).isEqualTo(40);
        assertThat(device.dma().maxSegments()).isEqualTo(7);
        assertThat(device.dma().maxSegmentSize()).isEqualTo(65536);
        assertThat(device.dma().coherent()).isTrue();
        assertThat(device.secureReads()).isTrue();
        assertThat(device.secureWrites()).isFalse();
        assertThat(device.protectedHeapName()).contains("protected,trusted-ui");
    }

    @Test
    void regionsCanHaveNames() {
        var uses = board("d { memory-region = <1 2>; memory-region-names = \"x\", \"y\"; };")
                .devices()
                .getFirst()
                .regions();

        assertThat(uses).extracting(RegionUse::name).containsExactly(Optional.of("x"), Optional.of("y"));
    }

    @Test
    void namesThatDoNotMatchTheRegionsAreLeftOut() {
        var board = board("d { memory-region = <1 2>; memory-region-names = \"x\"; };");

        assertProblems(board).containsExactly(problem(Kind.BAD_VALUE, "/d"));
        assertThat(board.devices().getFirst().regions())
                .hasSize(2)
                .allMatch(use -> use.name().isEmpty());
    }

    @Test
    void aReferenceToNothingCostsOnlyThatReference() {
        var board = board("d { memory-region = <77 1 3>; }; e { phandle = <3>; };");

        assertProblems(board)
                .containsExactly(problem(Kind.DANGLING_REFERENCE, "/d"), problem(Kind.DANGLING_REFERENCE, "/d"));
        assertThat(board.devices().getFirst().regions()).hasSize(1);
    }

    @Test
    void busesNarrowWhatTheirDevicesReach() {
        var board = board("""
                bus { #address-cells = <2>; #size-cells = <1>;
                    dma-ranges = <0 0 0x40000000 0x1000>, <1 0 0x40002000 0x1000>;
                    near { dmaheap,master = "near"; };
                    inner { dma-ranges; far { dmaheap,master = "far"; }; };
                };
                free { dmaheap,master = "free"; };
                """);

        var window = new AddressRange(0x4000_2000L, 0x1000);
        assertThat(board.problems()).isEmpty();
        assertThat(board.device("near").orElseThrow().dma().windows())
                .containsExactly(new AddressRange(0x4000_0000L, 0x1000), window);
        assertThat(board.device("far").orElseThrow().dma().reaches(window)).isTrue();
        assertThat(board.device("far").orElseThrow().dma().reaches(new AddressRange(0x4000_1000L, 0x1000)))
                .isFalse();
        assertThat(board.device("free").orElseThrow().dma().windows()).isEmpty();
    }

    @Test
    void devicesBehindPciHaveWindowsToo() {
        var board = board("""
                pci { #address-cells = <3>; #size-cells = <2>;
                    dma-ranges = <0x42000000 0 0 0x40000000 0 0x1000>;
                    nic { dmaheap,master = "nic"; };
                };
                """);

        assertThat(board.problems()).isEmpty();
        assertThat(board.device("nic").orElseThrow().dma().windows())
                .containsExactly(new AddressRange(0x4000_0000L, 0x1000));
    }

    @Test
    void theWidthOfAddressesIsALimit() {
        var narrow = board("d { dmaheap,master = \"d\"; dmaheap,dma-bits = <30>; };")
                .devices()
                .getFirst()
                .dma();
        var wide = board("d { dmaheap,master = \"d\"; dmaheap,dma-bits = <64>; };")
                .devices()
                .getFirst()
                .dma();

        assertThat(narrow.reaches(new AddressRange(0x3fff_f000L, 0x1000))).isTrue();
        assertThat(narrow.reaches(new AddressRange(0x3fff_f000L, 0x1001))).isFalse();
        assertThat(wide.reaches(new AddressRange(0, Long.MAX_VALUE))).isTrue();
    }

    @Test
    void aLimitThatMakesNoSenseIsReportedAndTheDefaultTaken() {
        var board = board("d { dmaheap,master = \"d\"; dmaheap,dma-bits = <65>; dmaheap,max-segments = <0>; };");

        assertProblems(board).containsExactly(problem(Kind.BAD_VALUE, "/d"), problem(Kind.BAD_VALUE, "/d"));
        assertThat(board.devices().getFirst().dma().addressBits()).isEqualTo(32);
    }

    @Test
    void twoDevicesOfOneNameAreReported() {
        var board = board("a { dmaheap,master = \"x\"; }; b { dmaheap,master = \"x\"; };");

        assertProblems(board).containsExactly(problem(Kind.DUPLICATE, "/b"));
        assertThat(board.device("x").orElseThrow().path()).isEqualTo("/a");
    }

    @Test
    void nothingBelowADisabledBusIsThere() {
        assertThat(board("bus { status = \"disabled\"; d { memory-region = <1>; }; };")
                        .devices())
                .isEmpty();
    }

    @Test
    void theFirmwareSaysHowItIsCalledAndWhatItHas() {
        var board = board(
                "firmware { optee { compatible = \"linaro,optee-tz\"; method = \"smc\"; memory-region = <2>; memory-region-names = \"secure-video\"; }; };");

        var optee = board.optee().orElseThrow();
        assertThat(optee.method()).isEqualTo("smc");
        assertThat(optee.pools()).singleElement().satisfies(pool -> {
            assertThat(pool.name()).contains("secure-video");
            assertThat(pool.region().name()).isEqualTo("b");
        });
        assertThat(board.devices()).isEmpty();
    }

    @Test
    void firmwareWithoutAMethodOrASecondOneIsReported() {
        var board = board(
                "a { compatible = \"linaro,optee-tz\"; }; b { compatible = \"linaro,optee-tz\"; method = \"hvc\"; };"
                        + "c { compatible = \"linaro,optee-tz\"; method = \"smc\"; };");

        assertProblems(board).containsExactly(problem(Kind.MISSING_PROPERTY, "/a"), problem(Kind.DUPLICATE, "/c"));
        assertThat(board.optee().orElseThrow().path()).isEqualTo("/b");
    }

    private static Board board(String others) {
        return Boards.reserving(REGIONS, others);
    }
}
