package io.dmaheap.vm;

import static io.dmaheap.vm.Kernel.LIBC;
import static io.dmaheap.vm.Kernel.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.uapi.UdmabufHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cases of tools/testing/selftests/drivers/dma-buf/udmabuf.c, and what else udmabuf promises. */
class UdmabufSelfTests {
    private static final int MFD_HUGETLB = 4;
    private static final long HUGE_PAGE = 2 << 20;
    private static final int HUGE_PAGES = 8;
    private static final int ITEMS = 4;
    private static final int PAGES_PER_ITEM = 4;

    /** {@code struct udmabuf_create_list}, whose items follow it and do not count. */
    private static final long UDMABUF_CREATE_LIST =
            Ioctl.iow('u', 0x43, MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_BYTE));

    private int device;

    @BeforeEach
    void open() {
        device = Kernel.open("/dev/udmabuf", FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
    }

    @AfterEach
    void close() {
        Kernel.close(device);
    }

    @Test
    void anOffsetWithinAPageIsRefused() {
        int memfd = memfd(4L * PAGE, 0);
        assertThat(create(memfd, PAGE / 2, PAGE)).isEqualTo(-Errno.EINVAL);
        Kernel.close(memfd);
    }

    @Test
    void aPartOfAPageIsRefused() {
        int memfd = memfd(4L * PAGE, 0);
        assertThat(create(memfd, 0, PAGE / 2)).isEqualTo(-Errno.EINVAL);
        Kernel.close(memfd);
    }

    @Test
    void whatIsNoMemfdIsRefused() {
        assertThat(create(0, 0, 4L * PAGE)).isNegative();
    }

    @Test
    void aWholeMemfdBecomesADmaBuf() {
        int memfd = memfd(4L * PAGE, 0);
        try (Arena arena = Arena.ofConfined()) {
            touch(Kernel.map(arena, memfd, 4L * PAGE), PAGE, 'a');
            int fd = Kernel.checked("UDMABUF_CREATE", create(memfd, 0, 4L * PAGE));
            assertThat(Kernel.map(arena, fd, 4L * PAGE).get(ValueLayout.JAVA_BYTE, 0))
                    .isEqualTo((byte) 'a');
            Kernel.close(fd);
        }
        Kernel.close(memfd);
    }

    @Test
    void piecesOfAMemfdShowItsPages() {
        int memfd = memfd(1024L * PAGE, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = Kernel.map(arena, memfd, 1024L * PAGE);
            touch(file, PAGE, 'a');
            int fd = createList(memfd, 1024L * PAGE);
            MemorySegment pieces = Kernel.map(arena, fd, (long) ITEMS * PAGES_PER_ITEM * PAGE);
            touch(file, PAGE, 'b');
            compare(file, pieces);
            Kernel.close(fd);
        }
        Kernel.close(memfd);
    }

    /** The kernel's test takes 2 GiB of huge pages; {@value #HUGE_PAGES} pages show the same. */
    @Test
    void piecesOfAMemfdOfHugePagesShowItsPages() throws IOException {
        withHugePages(() -> {
            long size = HUGE_PAGES * HUGE_PAGE;
            int memfd = memfd(size, MFD_HUGETLB);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment file = Kernel.map(arena, memfd, size);
                touch(file, HUGE_PAGE, 'a');
                int fd = createList(memfd, size);
                MemorySegment pieces = Kernel.map(arena, fd, (long) ITEMS * PAGES_PER_ITEM * PAGE);
                touch(file, HUGE_PAGE, 'b');
                compare(file, pieces);
                Kernel.close(fd);
            }
            Kernel.close(memfd);
        });
    }

    @Test
    void theOrderOfMappingMakesNoDifferenceForHugePages() throws IOException {
        withHugePages(() -> {
            long size = HUGE_PAGES * HUGE_PAGE;
            int memfd = memfd(size, MFD_HUGETLB);
            try (Arena arena = Arena.ofConfined()) {
                int fd = createList(memfd, size);
                MemorySegment pieces = Kernel.map(arena, fd, (long) ITEMS * PAGES_PER_ITEM * PAGE);
                if (Kernel.LINUX_6_12) {
                    // It has taken the huge pages without counting them as reserved, so none are left for the file.
                    assertThatThrownBy(() -> Kernel.map(arena, memfd, size)).hasMessageContaining("ENOMEM");
                } else {
                    MemorySegment file = Kernel.map(arena, memfd, size);
                    touch(file, HUGE_PAGE, 'a');
                    touch(file, HUGE_PAGE, 'b');
                    compare(file, pieces);
                }
                Kernel.close(fd);
            }
            Kernel.close(memfd);
        });
    }

    @Test
    void theSealsDecide() {
        int unsealed = LIBC.memfdCreate("test", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        LIBC.ftruncate(unsealed, PAGE);
        assertThat(create(unsealed, 0, PAGE)).isEqualTo(-Errno.EINVAL);
        int seals = FileStructs.F_SEAL_SHRINK | FileStructs.F_SEAL_GROW | FileStructs.F_SEAL_SEAL;
        assertThat(LIBC.fcntl(unsealed, FileStructs.F_ADD_SEALS, seals)).isZero();
        Kernel.close(Kernel.checked("UDMABUF_CREATE", create(unsealed, 0, PAGE)));
        Kernel.close(unsealed);

        int readOnly = memfd(PAGE, 0);
        assertThat(LIBC.fcntl(readOnly, FileStructs.F_ADD_SEALS, FileStructs.F_SEAL_WRITE))
                .isZero();
        assertThat(create(readOnly, 0, PAGE)).isEqualTo(-Errno.EINVAL);
        Kernel.close(readOnly);
    }

    @Test
    void whatLiesBeyondTheEndIsRefused() {
        int memfd = memfd(PAGE, 0);
        assertThat(create(memfd, 0, 2L * PAGE)).isEqualTo(-Errno.EINVAL);
        assertThat(create(memfd, 0, 0)).isEqualTo(-Errno.EINVAL);
        Kernel.close(memfd);
    }

    @Test
    void anEndBeforeAnyStartIsRefused() {
        int memfd = memfd(PAGE, 0);
        int fd = Kernel.checked("UDMABUF_CREATE", create(memfd, 0, PAGE));
        assertThat(Kernel.sync(fd, 5)).isEqualTo(-Errno.EINVAL);
        assertThat(Kernel.sync(fd, 1)).isZero();
        assertThat(Kernel.sync(fd, 5)).isZero();
        Kernel.close(fd);
        Kernel.close(memfd);
    }

    private int create(int memfd, long offset, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(UdmabufHeader.CREATE_DATA);
            UdmabufHeader.MEMFD.set(data, 0L, memfd);
            UdmabufHeader.FLAGS.set(data, 0L, UdmabufHeader.UDMABUF_FLAGS_CLOEXEC);
            UdmabufHeader.OFFSET.set(data, 0L, offset);
            UdmabufHeader.SIZE.set(data, 0L, size);
            return LIBC.ioctl(device, UdmabufHeader.UDMABUF_CREATE, data);
        }
    }

    /** Four pieces of four pages, one from each quarter of the memfd. */
    private int createList(int memfd, long size) {
        try (Arena arena = Arena.ofConfined()) {
            long item = UdmabufHeader.CREATE_DATA.byteSize();
            MemorySegment list = arena.allocate(8 + ITEMS * item, 8);
            list.set(ValueLayout.JAVA_INT, 0, UdmabufHeader.UDMABUF_FLAGS_CLOEXEC);
            list.set(ValueLayout.JAVA_INT, 4, ITEMS);
            for (int index = 0; index < ITEMS; index++) {
                long at = 8 + index * item;
                UdmabufHeader.MEMFD.set(list, at, memfd);
                UdmabufHeader.OFFSET.set(list, at, index * (size / ITEMS));
                UdmabufHeader.SIZE.set(list, at, (long) PAGES_PER_ITEM * PAGE);
            }
            return Kernel.checked("UDMABUF_CREATE_LIST", LIBC.ioctl(device, UDMABUF_CREATE_LIST, list));
        }
    }

    private static void compare(MemorySegment file, MemorySegment pieces) {
        for (int item = 0; item < ITEMS; item++) {
            for (int page = 0; page < PAGES_PER_ITEM; page++) {
                long inFile = item * (file.byteSize() / ITEMS) + (long) page * PAGE;
                long inPieces = ((long) item * PAGES_PER_ITEM + page) * PAGE;
                assertThat(pieces.get(ValueLayout.JAVA_BYTE, inPieces))
                        .as("item %d, page %d", item, page)
                        .isEqualTo(file.get(ValueLayout.JAVA_BYTE, inFile));
            }
        }
        assertThat(pieces.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 'b');
    }

    private static void touch(MemorySegment memory, long stride, char value) {
        for (long at = 0; at < memory.byteSize(); at += stride) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        }
    }

    private static int memfd(long size, int flags) {
        int fd = Kernel.checked(
                "memfd_create",
                LIBC.memfdCreate("test", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING | flags));
        Kernel.checked("ftruncate", LIBC.ftruncate(fd, size));
        Kernel.checked("F_SEAL_SHRINK", LIBC.fcntl(fd, FileStructs.F_ADD_SEALS, FileStructs.F_SEAL_SHRINK));
        return fd;
    }

    private static void withHugePages(Runnable test) throws IOException {
        Path reserved = Path.of("/proc/sys/vm/nr_hugepages");
        String before = Files.readString(reserved);
        Files.writeString(reserved, Integer.toString(HUGE_PAGES));
        try {
            assertThat(Integer.parseInt(Files.readString(reserved).strip()))
                    .as("huge pages that the kernel could reserve")
                    .isEqualTo(HUGE_PAGES);
            test.run();
        } finally {
            Files.writeString(reserved, before.strip());
        }
    }
}
