package io.dmaheap.linux.memfd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.MemoryInfo;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to emulated memory when others come to see it. */
class MemfdSharingTests {
    private final ScriptedLibc libc = new ScriptedLibc();
    private final Memfds memfds = new Memfds(libc);

    @AfterEach
    void nothingIsLeft() {
        memfds.close();
        // What is no buffer is closed on a thread of its own.
        await().until(() -> libc.held().isEmpty());
    }

    @Test
    void memoryThatNobodySeesCostsTwoCallsAndItsReleaseOne() {
        memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty()).release();
        assertThat(libc.calls()).containsExactly("memfd_create", "ftruncate", "close");
    }

    @Test
    void aLookAtTheIdentitySharesNothing() {
        MemfdMemory memory = memfds.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
        assertThat(memory.peek()).isEqualTo(MemoryInfo.NONE);
        assertThat(libc.calls()).containsExactly("memfd_create", "ftruncate");

        var info = memory.info();
        assertThat(info.inode()).isPositive();
        assertThat(memory.peek()).isEqualTo(info);
        memory.release();
    }

    @Test
    void anExportIsSealedAgainstShrinkingGrowingAndFurtherSeals() {
        MemfdMemory memory = memfds.allocate("system", 4096, Access.READ, Optional.empty());
        try (DmaBufFd fd = memory.exportFd()) {
            Libc real = NativeAccess.libc();
            assertThat(real.ftruncate(fd.number(), 0)).isNegative();
            assertThat(real.fcntl(fd.number(), FileStructs.F_GET_SEALS, 0)).isEqualTo(7);
        }
        memory.release();
    }

    @Test
    void whereThereIsUdmabufTheSameDescriptorBecomesADmaBuf() {
        var withDevice = new ScriptedLibc().withUdmabuf();
        try (var emulated = new Memfds(withDevice)) {
            MemfdMemory memory = emulated.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
            memory.setName("frame");
            memory.beginCpuAccess(Access.WRITE);
            assertThat(withDevice.syncs()).isEmpty();
            assertThat(memory.info().descriptor()).isEqualTo(Descriptor.DMA_BUF);
            assertThat(withDevice.names()).containsExactly("frame");
            memory.endCpuAccess(Access.WRITE);
            assertThat(withDevice.syncs()).containsExactly(3L, 7L, 6L);
            assertThat(withDevice.count("dup3")).isEqualTo(1);
            memory.exportFence(Access.READ).close();
            memory.release();
        }
        assertThat(withDevice.held()).isEmpty();
    }

    @Test
    void memoryWithLessAccessStaysAMemfdBecauseAUdmabufCanAlwaysBeWritten() {
        var withDevice = new ScriptedLibc().withUdmabuf();
        try (var emulated = new Memfds(withDevice)) {
            MemfdMemory memory = emulated.allocate("system", 4096, Access.READ, Optional.empty());
            assertThat(memory.info().descriptor()).isEqualTo(Descriptor.MEMFD);
            assertThat(withDevice.count("UDMABUF_CREATE")).isZero();
            memory.release();
        }
    }

    @Test
    void whatUdmabufRefusesStaysAMemfd() {
        var withDevice = new ScriptedLibc().withUdmabuf();
        withDevice.fail("UDMABUF_CREATE", Errno.EINVAL);
        try (var emulated = new Memfds(withDevice)) {
            MemfdMemory memory = emulated.allocate("system", 4096, Access.READ_WRITE, Optional.empty());
            assertThat(memory.info().descriptor()).isEqualTo(Descriptor.MEMFD);
            assertThat(memory.awaitIdle(Access.READ_WRITE, Duration.ZERO)).isTrue();
            var e = catchThrowableOfType(HeapException.class, () -> memory.exportFence(Access.READ));
            assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            memory.release();
        }
        assertThat(withDevice.held()).isEmpty();
    }

    @Test
    void aMemfdThatItsSenderCouldShrinkIsNotTakenIn() {
        int unsealed = libc.memfdCreate("dmaheap:evil", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        libc.ftruncate(unsealed, 4096);
        var e = catchThrowableOfType(HeapException.class, () -> memfds.importFd(unsealed));
        assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF);
        assertThat(e.getMessage()).contains("can still shrink");
        libc.close(unsealed);
    }

    @Test
    void labelAndHeapTravelWithTheDescriptor() {
        MemfdMemory memory = memfds.allocate("system", 4096, Access.READ, Optional.of("frame 1"));
        TokenMemory token = memfds.token("secure", 4096, Optional.of("frame 2"));
        try (DmaBufFd fd = memory.exportFd();
                DmaBufFd other = token.exportFd()) {
            assertArrivesAs("system", "frame 1", fd);
            assertArrivesAs("secure", "frame 2", other);
        }
        memory.release();
        token.release();
    }

    private void assertArrivesAs(String heap, String label, DmaBufFd fd) {
        var arrived = memfds.importFd(fd.number());
        assertThat(arrived.heap()).contains(heap);
        assertThat(arrived.info().name()).contains(label);
        arrived.release();
    }

    @Test
    void aSealedMemfdOfAnotherProgramIsMemoryOfNoHeap() {
        int foreign = libc.memfdCreate("frame", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        libc.ftruncate(foreign, 8192);
        libc.fcntl(foreign, FileStructs.F_ADD_SEALS, FileStructs.F_SEAL_SHRINK);
        var memory = memfds.importFd(foreign);
        assertThat(memory.size()).isEqualTo(8192);
        assertThat(memory.heap()).isEmpty();
        assertThat(memory.info().name()).isEmpty();
        memory.map(Access.READ_WRITE).unmap();
        memory.release();
        libc.close(foreign);
    }

    @Test
    void aFileOrAClosedDescriptorIsNotTakenIn() {
        int file = libc.open("/proc/self/status", FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        var e = catchThrowableOfType(HeapException.class, () -> memfds.importFd(file));
        assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF);
        assertThat(e.getMessage()).contains("readlink");
        libc.close(file);
        var closed = catchThrowableOfType(HeapException.class, () -> memfds.importFd(file));
        assertThat(closed.errno()).contains("EBADF");
    }

    @Test
    void aDeviceSeesAllOfAReadOnlyBuffer() {
        MemfdMemory memory = memfds.allocate("system", 4096, Access.READ, Optional.empty());
        memory.mapForDevice().unmap();
        memory.release();
        assertThat(libc.count("mmap")).isEqualTo(1);
    }
}
