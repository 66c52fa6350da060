package io.dmaheap.vm;

import static io.dmaheap.vm.Kernel.LIBC;
import static io.dmaheap.vm.Kernel.PAGE;
import static io.dmaheap.vm.Kernel.RW_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heaps;
import io.dmaheap.drivers.DrmCard;
import io.dmaheap.drivers.GemBuffer;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of tools/testing/selftests/dmabuf-heaps/dmabuf-heap.c, for each heap whose memory the CPU can map. */
class DmaHeapSelfTests {
    private static final long ONE_MEG = 1 << 20;
    private static final int BUFFERS = 32;
    private static final long START_RW = DmaBufHeader.DMA_BUF_SYNC_READ | DmaBufHeader.DMA_BUF_SYNC_WRITE;
    private static final long END_RW = START_RW | DmaBufHeader.DMA_BUF_SYNC_END;

    static Stream<String> heaps() {
        return Kernel.mappableHeaps().stream();
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void aBufferCanBeAllocatedImportedAndSynced(String heap) {
        int node = Kernel.openHeap(heap);
        int fd = Kernel.allocate(node, ONE_MEG, RW_CLOEXEC);
        try (Heaps heaps = Heaps.open();
                DmaBuf buffer = heaps.importFd(fd);
                DrmCard vgem = DrmCard.open("vgem").orElseThrow(() -> new AssertionError("vgem is not there"));
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Kernel.map(arena, fd, ONE_MEG);
            assertThat(Kernel.sync(fd, START_RW)).isZero();
            memory.asSlice(0, ONE_MEG / 2).fill((byte) 1);
            memory.asSlice(ONE_MEG / 2).fill((byte) 0);
            assertThat(Kernel.sync(fd, END_RW)).isZero();
            try (GemBuffer imported = vgem.importBuffer(buffer)) {
                assertThat(imported.handle()).isPositive();
                assertThat(Kernel.sync(fd, START_RW)).isZero();
                memory.fill((byte) 0xFF);
                assertThat(Kernel.sync(fd, END_RW)).isZero();
            }
        }
        Kernel.close(fd);
        Kernel.close(node);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void memoryOfAPageIsZeroedHoweverItWasUsedBefore(String heap) {
        zeroed(heap, PAGE);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void memoryOfAMegabyteIsZeroedHoweverItWasUsedBefore(String heap) {
        zeroed(heap, ONE_MEG);
    }

    private static void zeroed(String heap, long size) {
        int node = Kernel.openHeap(heap);
        int[] dirty = allocateAll(node, size);
        for (int fd : dirty) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = Kernel.map(arena, fd, size);
                assertThat(Kernel.sync(fd, START_RW)).isZero();
                memory.fill((byte) 0xFF);
                assertThat(Kernel.sync(fd, END_RW)).isZero();
            }
        }
        IntStream.of(dirty).forEach(Kernel::close);
        int[] fresh = allocateAll(node, size);
        MemorySegment zeros = Arena.ofAuto().allocate(size);
        for (int fd : fresh) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = Kernel.map(arena, fd, size);
                assertThat(Kernel.sync(fd, START_RW)).isZero();
                assertThat(memory.mismatch(zeros))
                        .as("first byte that is not zero")
                        .isEqualTo(-1);
                assertThat(Kernel.sync(fd, END_RW)).isZero();
            }
        }
        IntStream.of(fresh).forEach(Kernel::close);
        Kernel.close(node);
    }

    private static int[] allocateAll(int node, long size) {
        return IntStream.range(0, BUFFERS)
                .map(_ -> Kernel.allocate(node, size, RW_CLOEXEC))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void theOlderShorterStructStillAllocates(String heap) {
        allocatesWith(heap, 16, new int[0]);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void aNewerLongerStructAllocatesWhateverItsTailHolds(String heap) {
        allocatesWith(heap, 48, new int[] {0xFFFFFFFF, 0x88888888, 0x11111111});
    }

    private static void allocatesWith(String heap, int structSize, int[] tail) {
        int node = Kernel.openHeap(heap);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = Kernel.request(arena, ONE_MEG, 0, RW_CLOEXEC, 0);
            MemorySegment.copy(tail, 0, data, ValueLayout.JAVA_INT, 24, tail.length);
            long request = Ioctl.iowr('H', 0, MemoryLayout.sequenceLayout(structSize, ValueLayout.JAVA_BYTE));
            Kernel.checked("ALLOC of " + structSize + " bytes", LIBC.ioctl(node, request, data));
            Kernel.close((int) DmaHeapHeader.FD.get(data, 0L));
        }
        Kernel.close(node);
    }

    @Test
    void standardInputIsNoHeap() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = Kernel.request(arena, ONE_MEG, 0, RW_CLOEXEC, 0x111111);
            assertThat(LIBC.ioctl(0, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, data)).isNegative();
        }
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void unknownHeapFlagsAreRefused(String heap) {
        refused(heap, RW_CLOEXEC, 0x111111);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void unknownDescriptorFlagsAreRefused(String heap) {
        refused(heap, ~RW_CLOEXEC, 0);
    }

    private static void refused(String heap, int fdFlags, long heapFlags) {
        int node = Kernel.openHeap(heap);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = Kernel.request(arena, ONE_MEG, 0, fdFlags, heapFlags);
            assertThat(LIBC.ioctl(node, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, data))
                    .isEqualTo(-Errno.EINVAL);
        }
        Kernel.close(node);
    }

    /** New in the selftests of linux 7.3. Debian's 6.12.117 has the fix as well; earlier ones of 6.12 leave the descriptor behind. */
    @ParameterizedTest
    @MethodSource("heaps")
    void noDescriptorIsLeftWhereTheAnswerCannotBeWritten(String heap) throws Throwable {
        int node = Kernel.openHeap(heap);
        int memfd = LIBC.memfdCreate("request", FileStructs.MFD_CLOEXEC);
        LIBC.ftruncate(memfd, PAGE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = Kernel.map(arena, memfd, PAGE);
            DmaHeapHeader.LEN.set(page, 0L, (long) PAGE);
            DmaHeapHeader.FD_FLAGS.set(page, 0L, RW_CLOEXEC);
            protect(page, FileStructs.PROT_READ);
            long before = Kernel.openFiles();
            assertThat(LIBC.ioctl(node, DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, page))
                    .isEqualTo(-Errno.EFAULT);
            assertThat(Kernel.openFiles()).isEqualTo(before);
        }
        Kernel.close(memfd);
        Kernel.close(node);
    }

    private static void protect(MemorySegment page, int protection) throws Throwable {
        Linker linker = Linker.nativeLinker();
        var mprotect = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("mprotect"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        assertThat((int) mprotect.invokeExact(page, page.byteSize(), protection))
                .isZero();
    }
}
