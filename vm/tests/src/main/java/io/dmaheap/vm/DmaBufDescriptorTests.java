package io.dmaheap.vm;

import static io.dmaheap.vm.Kernel.LIBC;
import static io.dmaheap.vm.Kernel.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.dmabuf.FdInfo;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.uapi.DmaBufHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a dma-buf of the {@code system} heap is as a file. */
class DmaBufDescriptorTests {
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int SEEK_CUR = 1;
    private static final long SIZE = 3L * PAGE;

    private int fd;

    @BeforeEach
    void allocate() {
        fd = allocate(Kernel.RW_CLOEXEC);
    }

    private static int allocate(int fdFlags) {
        int heap = Kernel.openHeap("system");
        int allocated = Kernel.allocate(heap, SIZE, fdFlags);
        Kernel.close(heap);
        return allocated;
    }

    @AfterEach
    void close() {
        Kernel.close(fd);
    }

    @Test
    void livesOnTheFileSystemForDmaBufs() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(FileStructs.STATFS);
            assertThat(LIBC.fstatfs(fd, status)).isZero();
            assertThat((long) FileStructs.STATFS_TYPE.get(status, 0L)).isEqualTo(DmaBufHeader.DMA_BUF_MAGIC);
        }
    }

    @Test
    void tellsSizeExporterAndLabelInItsFdinfo() {
        FdInfo info = FdInfo.ofSelf(fd);
        assertThat(info.size()).isEqualTo(SIZE);
        assertThat(info.exporter()).contains("system");
        assertThat(info.count()).isPositive();
        assertThat(info.name()).isEmpty();
        assertThat(Kernel.setName(fd, "frame")).isZero();
        assertThat(FdInfo.ofSelf(fd).name()).contains("frame");
    }

    @Test
    void aLabelHasAtMost31Bytes() throws IOException {
        assertThat(Kernel.setName(fd, "x".repeat(32))).isEqualTo(-Errno.EINVAL);
        assertThat(Kernel.setName(fd, "x".repeat(31))).isZero();
        assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString())
                .isEqualTo("/dmabuf:" + "x".repeat(31));
        assertThat(Kernel.setName(fd, "")).isZero();
    }

    @Test
    void canBeSoughtToBothEndsOnly() {
        assertThat(LIBC.lseek(fd, 0, FileStructs.SEEK_END)).isEqualTo(SIZE);
        assertThat(LIBC.lseek(fd, 0, FileStructs.SEEK_SET)).isZero();
        assertThat(LIBC.lseek(fd, 1, FileStructs.SEEK_SET)).isEqualTo(-Errno.EINVAL);
        assertThat(LIBC.lseek(fd, 0, SEEK_CUR)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void cannotBeTruncatedOrOpenedAgain() {
        assertThat(LIBC.ftruncate(fd, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(LIBC.open("/proc/self/fd/" + fd, FileStructs.O_RDONLY)).isEqualTo(-Errno.ENXIO);
    }

    @Test
    void everySyncFlagIsChecked() {
        for (long flags = 0; flags < 16; flags++) {
            boolean valid = (flags & 3) != 0 && flags < 8;
            assertThat(Kernel.sync(fd, flags)).as("flags %d", flags).isEqualTo(valid ? 0 : -Errno.EINVAL);
        }
    }

    @Test
    void anUnknownIoctlIsNotForIt() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(64);
            assertThat(LIBC.ioctl(fd, Ioctl.iow('b', 77, ValueLayout.JAVA_LONG), argument))
                    .isEqualTo(-Errno.ENOTTY);
        }
    }

    @Test
    void isMappedSharedWithinItsSizeAndNotForExecution() {
        int readWrite = FileStructs.PROT_READ | FileStructs.PROT_WRITE;
        assertThat(mmap(fd, SIZE + PAGE, readWrite, FileStructs.MAP_SHARED)).isEqualTo(-Errno.EINVAL);
        assertThat(mmap(fd, 0, readWrite, FileStructs.MAP_SHARED)).isEqualTo(-Errno.EINVAL);
        long executable = mmap(fd, SIZE, readWrite | PROT_EXEC, FileStructs.MAP_SHARED);
        if (Kernel.LINUX_6_12) {
            assertThat(executable).as("mapped for execution by linux 6.12").isPositive();
            LIBC.munmap(executable, SIZE);
        } else {
            assertThat(executable).isEqualTo(-Errno.EPERM);
        }
        long odd = mmap(fd, SIZE - 100, readWrite, FileStructs.MAP_SHARED);
        assertThat(odd).isPositive();
        LIBC.munmap(odd, SIZE);
        long own = mmap(fd, SIZE, readWrite, MAP_PRIVATE);
        if (own >= 0) {
            LIBC.munmap(own, SIZE);
        } else {
            assertThat(own).isEqualTo(-Errno.EINVAL);
        }
    }

    @Test
    void theAccessModeLimitsMappings() {
        int readOnly = allocate(FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        assertThat(mmap(readOnly, SIZE, FileStructs.PROT_WRITE, FileStructs.MAP_SHARED))
                .isEqualTo(-Errno.EACCES);
        assertThat(Kernel.sync(readOnly, 2)).isZero();
        Kernel.close(readOnly);
        int writeOnly = allocate(FileStructs.O_WRONLY | FileStructs.O_CLOEXEC);
        assertThat(mmap(writeOnly, SIZE, FileStructs.PROT_WRITE, FileStructs.MAP_SHARED))
                .isEqualTo(-Errno.EACCES);
        Kernel.close(writeOnly);
    }

    @Test
    void aMappingOutlivesTheDescriptor() {
        int other = allocate(Kernel.RW_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Kernel.map(arena, other, SIZE);
            Kernel.close(other);
            memory.fill((byte) 5);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 5);
        }
    }

    private static long mmap(int fd, long size, int protection, int flags) {
        return LIBC.mmap(size, protection, flags, fd, 0);
    }
}
