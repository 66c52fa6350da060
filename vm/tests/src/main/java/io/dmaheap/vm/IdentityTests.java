package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.BufferInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Trait;
import io.dmaheap.drivers.DrmCard;
import io.dmaheap.drivers.GemBuffer;
import io.dmaheap.testkit.NoLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A buffer is known by its inode, wherever its descriptors have been. */
@ExtendWith(NoLeaks.class)
class IdentityTests {
    private Heaps heaps;
    private Heap heap;

    @BeforeEach
    void open() {
        heaps = Heaps.open();
        heap = heaps.find("system").orElseThrow();
    }

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
    }

    @Test
    void theKernelIsThePlatform() {
        assertThat(heaps.platform().name()).isEqualTo("linux");
        try (DmaBuf buffer = heap.allocate(1)) {
            assertThat(buffer.size()).isEqualTo(Kernel.PAGE);
            assertThat(buffer.info().descriptor()).isEqualTo(BufferInfo.Descriptor.DMA_BUF);
            assertThat(buffer.info().exporter()).contains("system");
        }
    }

    @Test
    void importingOnesOwnExportGivesTheSameBuffer() {
        try (DmaBuf buffer = heap.allocate(8192);
                DmaBufFd fd = buffer.exportFd();
                DmaBuf again = heaps.importFd(fd.number());
                DmaBuf oncemore = heaps.importFd(fd.number())) {
            assertThat(again.info()).isEqualTo(buffer.info());
            assertThat(oncemore.info()).isEqualTo(buffer.info());
            assertThat(heaps.usage().buffers()).isEqualTo(1);
        }
    }

    @Test
    void twoBuffersDiffer() {
        try (DmaBuf one = heap.allocate(4096);
                DmaBuf other = heap.allocate(4096);
                DmaBufFd first = one.exportFd();
                DmaBufFd second = other.exportFd()) {
            assertThat(first.number()).isNotEqualTo(second.number());
            assertThat(one.info().inode()).isNotEqualTo(other.info().inode());
        }
    }

    @Test
    void aBufferThatComesBackFromADriverIsStillItself() {
        try (DrmCard vgem = DrmCard.open("vgem").orElseThrow(() -> new AssertionError("vgem is not there"));
                DmaBuf buffer = heap.allocate(4096);
                GemBuffer imported = vgem.importBuffer(buffer);
                GemBuffer twice = vgem.importBuffer(buffer)) {
            assertThat(twice.handle()).isEqualTo(imported.handle());
            twice.close();
            try (DmaBufFd back = imported.exportFd();
                    DmaBuf same = heaps.importFd(back.number())) {
                assertThat(same.info().inode()).isEqualTo(buffer.info().inode());
                assertThat(heaps.usage().buffers()).isEqualTo(1);
            }
        }
    }

    @Test
    void aForeignBufferIsTakenInWithWhatItsExporterTells() {
        int node = Kernel.openHeap("system");
        int fd = Kernel.allocate(node, 4096, Kernel.RW_CLOEXEC);
        try (DmaBuf foreign = heaps.importFd(fd)) {
            assertThat(foreign.info().exporter()).contains("system");
            assertThat(foreign.traits().has(Trait.CACHED)).isEqualTo(io.dmaheap.Answer.YES);
            Kernel.close(fd);
            try (var access = foreign.write()) {
                access.segment().fill((byte) 1);
            }
        }
        Kernel.close(node);
    }

    @Test
    void everyHoldShowsInTheListing() {
        try (DmaBuf buffer = heap.allocate(8192);
                DmaBufFd fd = buffer.exportFd();
                var access = buffer.read()) {
            buffer.setName("frame");
            long inode = buffer.info().inode();
            assertThat(access.segment().byteSize()).isEqualTo(8192);
            assertThat(heaps.holders())
                    .filteredOn(hold -> hold.inode() == inode)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allSatisfy(hold -> {
                        assertThat(hold.pid()).isEqualTo(ProcessHandle.current().pid());
                        assertThat(hold.size()).isEqualTo(8192);
                        assertThat(hold.exporter()).isEqualTo("system");
                        assertThat(hold.name()).contains("frame");
                    })
                    .anySatisfy(hold -> assertThat(hold.fd()).hasValue(fd.number()))
                    .anySatisfy(hold -> assertThat(hold.fd()).isEmpty());
        }
    }

    @Test
    void somethingElseIsNotTakenIn() {
        for (int fd : new int[] {0, -1, 1_000_000}) {
            var e = catchThrowableOfType(HeapException.class, () -> heaps.importFd(fd));
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF);
        }
    }
}
