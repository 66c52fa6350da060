package io.dmaheap.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.devicetree.AddressRange;
import org.junit.jupiter.api.Test;

class StandardBoardTests {
    private final Board board = Board.standard();

    @Test
    void nothingIsWrongWithIt() {
        assertThat(board.problems()).isEmpty();
        assertThat(board.model()).isEqualTo("dmaheap standard board");
        assertThat(board.memory())
                .containsExactly(new AddressRange(0x4000_0000L, 1L << 30), new AddressRange(1L << 32, 1L << 30));
    }

    @Test
    void itHasARegionOfEveryKind() {
        assertThat(board.regions())
                .extracting(region -> (Object) region.getClass())
                .contains(Region.class.getPermittedSubclasses());
    }

    @Test
    void itsHeapsAreThoseOfAKernelOnSuchABoard() {
        assertThat(board.cmaHeaps())
                .extracting(CmaHeap::name)
                .containsExactly(
                        "default_cma_region",
                        "linux,cma",
                        "video@68000000",
                        "camera@64000000",
                        "protected@66000000",
                        "tee-dma@6a000000");
    }

    @Test
    void theDefaultRegionIsWhereTheCommentSays() {
        assertThat(board.region("linux,cma").orElseThrow().range())
                .isEqualTo(new AddressRange(0x7800_0000L, 128L << 20));
    }

    @Test
    void itsDevicesAreThoseOfAProtectedVideoPath() {
        assertThat(board.devices())
                .extracting(Device::name)
                .containsExactly("cpu", "camera", "decoder", "encoder", "display", "gpu", "npu", "tee");
        assertThat(board.devices().stream().filter(Device::secureReads).map(Device::name))
                .containsExactly("decoder", "display", "gpu", "tee");
    }

    @Test
    void everyDeviceReachesItsRegions() {
        assertThat(board.devices())
                .allSatisfy(device -> assertThat(device.regions())
                        .allMatch(use -> device.dma().reaches(use.region().range())));
    }

    @Test
    void theGpusProtectedHeapIsOneOfTheBoards() {
        String name = board.device("gpu").orElseThrow().protectedHeapName().orElseThrow();

        assertThat(board.cmaHeaps()).anySatisfy(heap -> {
            assertThat(heap.name()).isEqualTo(name);
            assertThat(heap.node()).isEqualTo("/protected-heap");
        });
    }

    @Test
    void itsFirmwareHasAPoolForSecureVideo() {
        var optee = board.optee().orElseThrow();
        assertThat(optee.region("secure-video").orElseThrow().placement().noMap())
                .isTrue();
        assertThat(optee.region("dma")).get().isInstanceOf(Region.Cma.class);
        assertThat(optee.uses())
                .extracting(use -> use.number() + " " + use.name())
                .containsExactly("2 trusted-ui", "3 secure-video-record");
    }

    @Test
    void twoReadingsGiveTheSameBoard() {
        assertThat(Board.standard()).isEqualTo(board);
    }
}
