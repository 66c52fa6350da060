package io.dmaheap.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FfmLibcTests {
    private static final int NOT_OPEN = 1_000_000;

    private final Libc libc = NativeAccess.libc();

    @Test
    void aFailureIsTheNegativeErrno() {
        assertThat(libc.open("/nonexistent", FileStructs.O_RDONLY)).isEqualTo(-Errno.ENOENT);
        assertThat(libc.close(NOT_OPEN)).isEqualTo(-Errno.EBADF);
        assertThat(libc.ioctl(NOT_OPEN, 0xC0184800L, MemorySegment.NULL)).isEqualTo(-Errno.EBADF);
        assertThat(libc.fcntl(NOT_OPEN, FileStructs.F_GETFL, 0)).isEqualTo(-Errno.EBADF);
        assertThat(libc.lseek(NOT_OPEN, 0, FileStructs.SEEK_END)).isEqualTo(-Errno.EBADF);
        assertThat(libc.mmap(0, FileStructs.PROT_READ, FileStructs.MAP_SHARED, NOT_OPEN, 0))
                .isNegative();
        assertThat(libc.dup3(NOT_OPEN, NOT_OPEN, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(libc.socket(-1, 0, 0)).isNegative();
        assertThat(libc.ftruncate(NOT_OPEN, 0)).isEqualTo(-Errno.EBADF);
        assertThat(libc.listen(NOT_OPEN, 1)).isEqualTo(-Errno.EBADF);
        assertThat(libc.accept4(NOT_OPEN, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aPageIsAPowerOfTwo() {
        assertThat(Integer.bitCount(libc.pageSize())).isEqualTo(1);
    }

    /** The errno of one thread must not show in another: platform and virtual threads call at the same time. */
    @Test
    void eachThreadSeesItsOwnErrno() throws Exception {
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService platform = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> answers = IntStream.range(0, 64)
                    .mapToObj(index -> (index % 2 == 0 ? virtual : platform).submit(errnoOf(index % 4 < 2)))
                    .toList();
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private Callable<Boolean> errnoOf(boolean missingFile) {
        return () -> IntStream.range(0, 200)
                .allMatch(_ -> missingFile
                        ? libc.open("/nonexistent", 0) == -Errno.ENOENT
                        : libc.close(NOT_OPEN) == -Errno.EBADF);
    }

    @Test
    void whatTheCLibraryLacksIsNamedAtEachCall() throws Throwable {
        MethodHandle missing =
                LibcHandles.link("no_such_function", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> {
                        int ignored = (int) missing.invokeExact(MemorySegment.NULL, 1);
                    })
                    .withMessageContaining("no_such_function");
        }
    }

    @Test
    void theStructOfAFrameIsLargeEnoughForWhatItCarries() {
        try (CallFrame frame = CallFrame.enter()) {
            assertThat(frame.struct().byteSize()).isGreaterThanOrEqualTo(24);
            assertThat(frame.struct().address() % 8).isZero();
        }
    }

    @Test
    void aPlatformThreadKeepsItsFrameAndAVirtualOneDoesNot() throws Exception {
        try (CallFrame first = CallFrame.enter();
                CallFrame second = CallFrame.enter()) {
            assertThat(first).isSameAs(second);
        }
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            MemorySegment struct = virtual.submit(() -> {
                        try (CallFrame frame = CallFrame.enter()) {
                            return frame.struct();
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            assertThat(struct.scope().isAlive()).isFalse();
        }
    }

    @Test
    void statxTellsTheInodeThatJavaSees() throws Exception {
        int fd = libc.open("/proc/self/exe", FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(FileStructs.STATX);
            assertThat(libc.statx(fd, FileStructs.STATX_INO, status)).isZero();
            long inode = (long) java.nio.file.Files.getAttribute(java.nio.file.Path.of("/proc/self/exe"), "unix:ino");
            assertThat((long) FileStructs.STATX_INODE.get(status, 0L)).isEqualTo(inode);
        } finally {
            libc.close(fd);
        }
    }
}
