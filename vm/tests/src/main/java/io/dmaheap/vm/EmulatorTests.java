package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.drivers.DrmCard;
import io.dmaheap.drivers.GemBuffer;
import io.dmaheap.drivers.VgemFence;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Emulated buffers on a kernel with {@code /dev/udmabuf} are true dma-bufs, which real drivers take. */
@ExtendWith(NoLeaks.class)
class EmulatorTests {
    private Heaps heaps;
    private Heap heap;

    @BeforeEach
    void open() {
        heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
        heap = heaps.find("system").orElseThrow();
    }

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
    }

    @Test
    void anEmulatedBufferIsADmaBuf() {
        try (DmaBuf buffer = heap.allocate(8192);
                DmaBufFd fd = buffer.exportFd();
                DmaBuf same = heaps.importFd(fd.number())) {
            assertThat(buffer.info().descriptor()).isEqualTo(Descriptor.DMA_BUF);
            assertThat(buffer.info().exporter()).contains("udmabuf");
            assertThat(same.info().inode()).isEqualTo(buffer.info().inode());
        }
    }

    @Test
    void whatWasWrittenBeforeTheExportIsStillThere() {
        try (DmaBuf buffer = heap.allocate(4096)) {
            try (CpuAccess access = buffer.write()) {
                access.segment().set(ValueLayout.JAVA_INT, 0, 42);
            }
            try (DmaBufFd fd = buffer.exportFd();
                    Heaps kernel = Heaps.open(HeapsOptions.defaults().withPlatform("linux"));
                    DmaBuf imported = kernel.importFd(fd.number());
                    CpuAccess access = imported.read()) {
                assertThat(access.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(42);
            }
        }
    }

    @Test
    void anAccessThatBeganBeforeTheExportEndsAfterIt() {
        try (DmaBuf buffer = heap.allocate(4096)) {
            try (CpuAccess access = buffer.write()) {
                buffer.exportFd().close();
                access.segment().fill((byte) 1);
            }
            try (CpuAccess access = buffer.read()) {
                assertThat(access.segment().get(ValueLayout.JAVA_BYTE, 4095)).isEqualTo((byte) 1);
            }
        }
    }

    @Test
    void aRealDriverImportsItAndItsFencesAreObeyed() {
        try (DrmCard vgem = DrmCard.open("vgem").orElseThrow(() -> new AssertionError("vgem is not there"));
                DmaBuf buffer = heap.allocate(4096);
                GemBuffer imported = vgem.importBuffer(buffer)) {
            VgemFence writing = imported.attachFence(Access.WRITE);
            assertThat(buffer.awaitIdle(Access.READ, Duration.ZERO)).isFalse();
            writing.signal();
            assertThat(buffer.awaitIdle(Access.READ, Duration.ofSeconds(8))).isTrue();
        }
    }

    @Test
    void aBufferForReadersStaysAMemfdBecauseAUdmabufCanBeWritten() {
        try (DmaBuf buffer = heap.allocate(AllocationRequest.of(4096).withAccess(Access.READ));
                DmaBufFd fd = buffer.exportFd()) {
            assertThat(fd.number()).isNotNegative();
            assertThat(buffer.info().descriptor()).isEqualTo(Descriptor.MEMFD);
        }
    }
}
