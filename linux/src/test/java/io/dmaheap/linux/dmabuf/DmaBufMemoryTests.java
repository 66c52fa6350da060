package io.dmaheap.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Access;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.ImportedMemory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DmaBufMemoryTests {
    private static final long SIZE = 8192;

    private final ScriptedLibc libc = new ScriptedLibc();
    private final DmaBufMemory memory = new DmaBufMemory(libc, libc.foreignDmaBuf(SIZE), SIZE, Access.READ_WRITE);

    @AfterEach
    void nothingIsLeft() {
        memory.release();
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void cpuAccessIsBracketedWithTheSameDirection() {
        memory.beginCpuAccess(Access.READ);
        memory.endCpuAccess(Access.READ);
        memory.beginCpuAccess(Access.WRITE);
        memory.endCpuAccess(Access.WRITE);
        memory.beginCpuAccess(Access.READ_WRITE);
        memory.endCpuAccess(Access.READ_WRITE);
        assertThat(libc.syncs()).containsExactly(1L, 5L, 2L, 6L, 3L, 7L);
    }

    @Test
    void aSecondReleaseClosesNothingAndIsReported() {
        var reports = new AtomicInteger();
        memory.onSecondRelease(reports::incrementAndGet);
        memory.release();
        assertThat(reports).hasValue(0);
        int next = libc.foreignDmaBuf(SIZE);

        memory.release();

        assertThat(reports).hasValue(1);
        assertThat(libc.held()).hasSize(1);
        libc.close(next);
    }

    @Test
    void aSyncThatASignalInterruptsIsRepeated() {
        libc.fail("DMA_BUF_IOCTL_SYNC", Errno.EINTR, Errno.EAGAIN);
        memory.beginCpuAccess(Access.READ);
        assertThat(libc.syncs()).containsExactly(1L);
    }

    @Test
    void whatTheExporterDoesNotLetTheCpuMapIsNotCpuAccessible() {
        libc.fail("mmap", Errno.EINVAL);
        refused(ErrorCode.NOT_CPU_ACCESSIBLE, "mmap", "EINVAL", () -> memory.map(Access.READ));
        libc.fail("mmap", Errno.ENOMEM);
        refused(ErrorCode.OUT_OF_MEMORY, "mmap", "ENOMEM", () -> memory.map(Access.READ));
        libc.fail("mmap", Errno.EACCES);
        refused(ErrorCode.ACCESS_DENIED, "mmap", "EACCES", () -> memory.map(Access.READ));
    }

    @Test
    void accessThatWasNotGrantedIsRefusedBeforeTheKernelIsAsked() {
        var readOnly = new DmaBufMemory(libc, libc.foreignDmaBuf(SIZE), SIZE, Access.READ);
        refused(ErrorCode.ACCESS_DENIED, "mmap", "EACCES", () -> readOnly.map(Access.READ_WRITE));
        var writeOnly = new DmaBufMemory(libc, libc.foreignDmaBuf(SIZE), SIZE, Access.WRITE);
        refused(ErrorCode.ACCESS_DENIED, "mmap", "EACCES", () -> writeOnly.map(Access.WRITE));
        assertThat(libc.count("mmap")).isZero();
        readOnly.release();
        writeOnly.release();
    }

    @Test
    void aLabelReachesTheKernel() {
        memory.setName("camera");
        assertThat(libc.names()).containsExactly("camera");
        libc.fail("DMA_BUF_SET_NAME_B", Errno.EINVAL);
        refused(ErrorCode.INVALID_NAME, "DMA_BUF_SET_NAME_B", "EINVAL", () -> memory.setName("x".repeat(32)));
    }

    @Test
    void traitsThatCannotBeLookedUpAreNotReportedAsUnknown() {
        libc.fail("open", Errno.EMFILE);
        refused(ErrorCode.TOO_MANY_FILES, "open", "EMFILE", memory::traits);
        assertThat(memory.traits()).isEqualTo(Traits.UNKNOWN);
    }

    @Test
    void fencesComeAndGoAsSyncFiles() {
        try (Fence fence = memory.exportFence(Access.WRITE);
                Fence merged = fence.merge(fence)) {
            assertThat(fence.state()).isEqualTo(Fence.State.SIGNALED);
            memory.importFence(merged, Access.READ);
        }
        assertThat(libc.count("DMA_BUF_IOCTL_IMPORT_SYNC_FILE")).isEqualTo(1);
    }

    @Test
    void aFenceTellsItsState() {
        try (Fence fence = memory.exportFence(Access.READ)) {
            libc.fencesAre(0);
            assertThat(fence.state()).isEqualTo(Fence.State.PENDING);
            libc.fencesAre(-Errno.EIO);
            assertThat(fence.state()).isEqualTo(Fence.State.FAILED);
        }
    }

    @Test
    void aClosedFenceSaysSo() {
        Fence fence = memory.exportFence(Access.READ);
        fence.close();
        fence.close();
        assertThatIllegalStateException().isThrownBy(fence::state).withMessageContaining("fence");
        assertThat(libc.count("close")).isEqualTo(1);
    }

    @Test
    void aKernelWithoutSyncFilesIsNamed() {
        libc.fail("DMA_BUF_IOCTL_EXPORT_SYNC_FILE", Errno.ENOTTY);
        HeapException e = refused(
                ErrorCode.UNSUPPORTED,
                "DMA_BUF_IOCTL_EXPORT_SYNC_FILE",
                "ENOTTY",
                () -> memory.exportFence(Access.READ));
        assertThat(e.getMessage()).contains("CONFIG_SYNC_FILE");
    }

    @Test
    void aWaitEndsWhenTheTimeIsOver() {
        libc.fail("poll", 0);
        assertThat(memory.awaitIdle(Access.READ_WRITE, Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void anInterruptedThreadStopsWaiting() {
        libc.fail("poll", Errno.EINTR);
        Thread.currentThread().interrupt();
        refused(ErrorCode.INTERRUPTED, "poll", null, () -> memory.awaitIdle(Access.READ, Duration.ofDays(1)));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anExportIsOneMoreDescriptorOfTheSameFile() {
        try (DmaBufFd fd = memory.exportFd()) {
            assertThat(libc.openFds()).hasSize(2).contains(fd.number());
        }
        libc.fail("fcntl", Errno.EMFILE);
        refused(ErrorCode.TOO_MANY_FILES, "fcntl(F_DUPFD_CLOEXEC)", "EMFILE", memory::exportFd);
    }

    @Test
    void anImportWorksOnADuplicateAndKnowsSizeAndIdentity() {
        int fd = libc.foreignDmaBuf(SIZE);
        ImportedMemory imported = DmaBufImport.importFd(libc, fd);
        assertThat(imported.size()).isEqualTo(SIZE);
        assertThat(imported.info().inode()).isPositive();
        assertThat(imported.peek()).isEqualTo(imported.info());
        libc.close(fd);
        imported.map(Access.READ_WRITE).unmap();
        imported.release();
    }

    @Test
    void aDescriptorOfSomethingElseIsNotImported() {
        refused(ErrorCode.NOT_A_DMA_BUF, "readlink", "EINVAL", () -> DmaBufImport.importFd(libc, 0));
        refused(
                ErrorCode.NOT_A_DMA_BUF,
                "fcntl(F_DUPFD_CLOEXEC)",
                "EBADF",
                () -> DmaBufImport.importFd(libc, 1_000_000));
        refused(ErrorCode.NOT_A_DMA_BUF, "fcntl(F_DUPFD_CLOEXEC)", "EBADF", () -> DmaBufImport.importFd(libc, -1));
    }

    @Test
    void aCloseThatFailsIsNotRepeatedAndNotThrown() {
        var other = new DmaBufMemory(libc, libc.foreignDmaBuf(SIZE), SIZE, Access.READ);
        libc.fail("close", Errno.EINTR);
        other.release();
        assertThat(libc.count("close")).isEqualTo(1);
    }

    private HeapException refused(ErrorCode code, String operation, String errno, ThrowingCallable call) {
        var before = libc.held();
        var e = catchThrowableOfType(HeapException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.operation()).contains(operation);
        assertThat(e.errno().orElse(null)).isEqualTo(errno);
        // What is no buffer is closed on a thread of its own.
        await().until(() -> libc.held().equals(before));
        return e;
    }
}
