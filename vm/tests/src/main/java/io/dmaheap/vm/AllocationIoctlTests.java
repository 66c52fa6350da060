package io.dmaheap.vm;

import static io.dmaheap.vm.Kernel.LIBC;
import static io.dmaheap.vm.Kernel.PAGE;
import static io.dmaheap.vm.Kernel.RW_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code DMA_HEAP_IOCTL_ALLOC} does with input that our code refuses or never sends: why it must not. */
class AllocationIoctlTests {
    private static final MemoryLayout STRUCT = DmaHeapHeader.ALLOCATION_DATA;

    private int heap;

    @BeforeEach
    void open() {
        heap = Kernel.openHeap("system");
    }

    @AfterEach
    void close() {
        Kernel.close(heap);
    }

    @Test
    void aSizeIsRoundedUpToAPage() {
        int fd = Kernel.allocate(heap, 1, RW_CLOEXEC);
        assertThat(LIBC.lseek(fd, 0, FileStructs.SEEK_END)).isEqualTo(PAGE);
        Kernel.close(fd);
    }

    @Test
    void aSizeOfNothingOrOneThatOverflowsIsInvalid() {
        assertThat(result(0, 0, RW_CLOEXEC)).isEqualTo(-Errno.EINVAL);
        assertThat(result(-1, 0, RW_CLOEXEC)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void theDescriptorFieldMustBeZero() {
        assertThat(result(PAGE, -1, RW_CLOEXEC)).isEqualTo(-Errno.EINVAL);
        assertThat(result(PAGE, 5, RW_CLOEXEC)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void onlyAccessModeAndCloseOnExecAreFlags() {
        assertThat(result(PAGE, 0, RW_CLOEXEC | FileStructs.O_NONBLOCK)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void anotherNumberIsInvalid() {
        assertThat(raw(Ioctl.iowr('H', 1, STRUCT))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void withoutTheDirectionInTheKernelSeesZeros() {
        assertThat(raw(Ioctl.ior('H', 0, STRUCT))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void withoutTheDirectionOutTheDescriptorIsLost() {
        long before = Kernel.openFiles();
        assertThat(raw(Ioctl.iow('H', 0, STRUCT))).isZero();
        assertThat(Kernel.openFiles()).isEqualTo(before + 1);
    }

    @Test
    void theMagicByteIsIgnored() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = Kernel.request(arena, PAGE, 0, RW_CLOEXEC, 0);
            assertThat(LIBC.ioctl(heap, Ioctl.iowr('X', 0, STRUCT), data)).isZero();
            Kernel.close((int) DmaHeapHeader.FD.get(data, 0L));
        }
    }

    @Test
    void noArgumentIsAFault() {
        assertThat(LIBC.ioctl(heap, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, MemorySegment.NULL))
                .isEqualTo(-Errno.EFAULT);
    }

    @Test
    void aReadOnlyNodeIsEnough() {
        int readOnly = Kernel.open("/dev/dma_heap/system", FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        Kernel.close(Kernel.allocate(readOnly, PAGE, RW_CLOEXEC));
        Kernel.close(readOnly);
    }

    private int result(long size, int fd, int fdFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = Kernel.request(arena, size, fd, fdFlags, 0);
            return LIBC.ioctl(heap, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, data);
        }
    }

    private int raw(long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(STRUCT);
            data.set(ValueLayout.JAVA_LONG, 0, PAGE);
            data.set(ValueLayout.JAVA_INT, 12, RW_CLOEXEC);
            return LIBC.ioctl(heap, request, data);
        }
    }
}
