package io.dmaheap.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.BufferHolder;
import io.dmaheap.linux.dmabuf.FdInfo;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.NativeAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the kernel, as it writes them, below a directory of the test. */
class ProcTests {
    private static final long MOUNT = 13;

    @TempDir
    Path root;

    @Test
    void everyDescriptorAndMappingOfABufferIsAHold() throws Exception {
        write("proc/10/comm", "camera\n");
        link("proc/10/fd/5", "/dmabuf:frame");
        write(
                "proc/10/fdinfo/5",
                "pos:\t0\nflags:\t02000002\nmnt_id:\t14\nino:\t77\nsize:\t8192\ncount:\t3\nexp_name:\tsystem\nname:\tframe\n");
        link("proc/10/fd/6", "/memfd:dmaheap:restricted (deleted)");
        write("proc/10/fdinfo/6", "pos:\t0\nino:\t78\n");
        link("proc/10/fd/7", "/memfd:somebody else (deleted)");
        write("proc/10/maps", "");
        write("proc/11/comm", "display\n");
        write("proc/11/maps", """
                7f0000000000-7f0000001000 rw-s 00000000 00:0c 77                         /dmabuf:frame
                7f0000001000-7f0000002000 rw-s 00001000 00:0c 77                         /dmabuf:frame
                7f0000003000-7f0000004000 rw-p 00000000 00:00 0
                7f0000005000-7f0000006000 r--p 00000000 08:01 5                          /usr/lib/libc.so.6
                """);
        write("proc/meminfo", "");

        assertThat(new Holders(NativeAccess.libc(), root.resolve("proc"), MOUNT).scan())
                .containsExactlyInAnyOrder(
                        new BufferHolder(10, "camera", OptionalInt.of(5), 77, 8192, 3, "system", Optional.of("frame")),
                        new BufferHolder(10, "camera", OptionalInt.of(6), 78, 0, 0, "memfd", Optional.of("restricted")),
                        new BufferHolder(
                                11, "display", OptionalInt.empty(), 77, 8192, 3, "system", Optional.of("frame")));
    }

    /** A file of any mount may show the path of a memfd; asking for its size may be a call into the process that serves it. */
    @Test
    void onlyWhatIsOnTheMountOfMemfdsIsAskedForItsSize() {
        var libc = NativeAccess.libc();
        int fd = libc.memfdCreate(MemfdName.buffer("proc-tests", Optional.empty()), FileStructs.MFD_CLOEXEC);
        try {
            libc.ftruncate(fd, 8192);
            assertThat(sizes(Holders.list(libc))).containsExactly(8192L);
            assertThat(sizes(new Holders(libc, Path.of("/proc"), MOUNT).scan())).containsExactly(0L);
        } finally {
            libc.close(fd);
        }
    }

    private static List<Long> sizes(List<BufferHolder> holders) {
        return holders.stream()
                .filter(hold -> hold.name().equals(Optional.of("proc-tests")))
                .map(BufferHolder::size)
                .toList();
    }

    @Test
    void aMappingAloneShowsItsOwnSize() throws Exception {
        write("proc/11/comm", "display\n");
        write("proc/11/maps", "7f0000000000-7f0000003000 rw-s 00001000 00:0c 9    /dmabuf:\n");
        assertThat(new Holders(NativeAccess.libc(), root.resolve("proc"), MOUNT).scan())
                .containsExactly(
                        new BufferHolder(11, "display", OptionalInt.empty(), 9, 0x4000, 0, "?", Optional.empty()));
    }

    @Test
    void aLabelWithLineBreaksCannotFakeTheOtherLines() {
        FdInfo info = FdInfo.parse(
                "ino:\t5\nsize:\t4096\ncount:\t1\nexp_name:\tsystem\nname:\tx\nsize:\t9\nexp_name:\ttee\n");
        assertThat(info.size()).isEqualTo(4096);
        assertThat(info.exporter()).contains("system");
    }

    @Test
    void aCmaHeapHasThePoolOfItsArea() throws Exception {
        write("sys/kernel/mm/cma/reserved/total_pages", "16384\n");
        write("sys/kernel/mm/cma/reserved/available_pages", "100\n");
        write("sys/kernel/mm/cma/video@42000000/total_pages", "2\n");
        var pools = new CmaPools(root, 4096);
        var whole = new CmaPools.Pool(OptionalLong.of(64 << 20), OptionalLong.of(409_600));
        assertThat(pools.ofHeap("default_cma_region")).contains(whole);
        assertThat(pools.ofHeap("reserved")).contains(whole);
        assertThat(pools.ofHeap("video@42000000"))
                .contains(new CmaPools.Pool(OptionalLong.of(8192), OptionalLong.empty()));
        assertThat(pools.ofHeap("system")).isEmpty();
    }

    @Test
    void withoutStatisticsTheDefaultAreaHasTheNumbersOfMeminfo() throws Exception {
        write("proc/meminfo", "CmaTotal:          65536 kB\nCmaFree:           1024 kB\n");
        assertThat(new CmaPools(root, 4096).ofHeap("linux,cma"))
                .contains(new CmaPools.Pool(OptionalLong.of(65_536 * 1024), OptionalLong.of(1024 * 1024)));
    }

    @Test
    void aProcessKnowsItsUserAndTheNamesOfItsGroups() throws Exception {
        write("etc/group", "root:x:0:\nvideo:x:44:\n");
        write(
                "proc/self/status",
                "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\nGroups:\t44 100 \n");
        assertThat(ProcessIdentity.read(root)).hasToString("uid 1000, groups 100 video");
    }

    @Test
    void theNameOfAnEmulatedBufferTellsHeapAndKind() {
        assertThat(MemfdName.parse("/memfd:dmaheap:system (deleted)"))
                .contains(new MemfdName("system", Optional.empty(), false));
        assertThat(MemfdName.parse("/memfd:dmaheap-token:secure"))
                .contains(new MemfdName("secure", Optional.empty(), true));
        assertThat(MemfdName.parse("/memfd:dmaheap:linux,cma/a/b (deleted) (deleted)"))
                .contains(new MemfdName("linux,cma", Optional.of("a/b (deleted)"), false));
        assertThat(MemfdName.parse("/memfd:other (deleted)")).isEmpty();
        assertThat(MemfdName.parse("/dmabuf:x")).isEmpty();
        assertThat(MemfdName.parse("/tmp/memfd:dmaheap:x")).isEmpty();
    }

    @Test
    void aKernelTellsWhereRamIsAndHowFullAreasAreButNotWhoHasThem() throws Exception {
        write("proc/iomem", """
                00001000-0009fbff : System RAM
                0009fc00-000fffff : Reserved
                40000000-7fffffff : System RAM
                  41000000-41ffffff : Kernel code
                """);
        write("proc/device-tree/model", "A board\0");
        write("sys/kernel/mm/cma/reserved/total_pages", "16384\n");
        write("sys/kernel/mm/cma/reserved/available_pages", "100\n");
        var map = new KernelMemory(root, new CmaPools(root, 4096)).map();
        assertThat(map.machine()).isEqualTo("A board");
        assertThat(map.areas()).hasSize(3);
        assertThat(map.areas().get(1).base()).hasValue(0x4000_0000L);
        assertThat(map.areas().get(1).size()).hasValue(1L << 30);
        assertThat(map.area("default_cma_region")).hasValueSatisfying(area -> {
            assertThat(area.name()).isEqualTo("reserved");
            assertThat(area.base()).isEmpty();
            assertThat(area.size()).hasValue(64L << 20);
            assertThat(area.free()).hasValue(409_600);
            assertThat(area.extents()).isEmpty();
        });
        assertThat(map.unknown()).singleElement().asString().contains("who has which part");
    }

    @Test
    void addressesThatAreHiddenFromOthersThanRootAreSaidToBe() throws Exception {
        write("proc/iomem", "00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n");
        var map = new KernelMemory(root, new CmaPools(root, 4096)).map();
        assertThat(map.areas()).isEmpty();
        assertThat(map.unknown()).anyMatch(line -> line.contains("root only"));
    }

    private void write(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String path, String target) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }
}
