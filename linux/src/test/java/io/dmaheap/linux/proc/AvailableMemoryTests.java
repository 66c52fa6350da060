package io.dmaheap.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTests {
    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    @AfterEach
    void nothingIsOpen() {
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void itIsThatOfTheMachineOrOfTheTightestGroup() throws Exception {
        write("proc/meminfo", "MemTotal:       16384 kB\nMemAvailable:    8192 kB\n");
        assertThat(now()).isEqualTo(8192 * 1024);

        write("proc/self/cgroup", "0::/slice/service\n");
        write("sys/fs/cgroup/slice/service/memory.max", "max\n");
        write("sys/fs/cgroup/slice/service/memory.current", "4096\n");
        assertThat(now()).isEqualTo(8192 * 1024);

        write("sys/fs/cgroup/slice/memory.max", "1048576\n");
        write("sys/fs/cgroup/slice/memory.current", "1000000\n");
        assertThat(now()).isEqualTo(48_576);

        write("sys/fs/cgroup/slice/memory.current", "2000000\n");
        assertThat(now()).isZero();
    }

    @Test
    void theGroupThatHoldsItDownIsNamed() throws Exception {
        write("proc/meminfo", "MemAvailable:    8192 kB\n");
        write("proc/self/cgroup", "0::/slice/service\n");
        assertThat(AvailableMemory.forFiles(libc, root).limit()).isEmpty();
        write("sys/fs/cgroup/slice/service/memory.max", "4194304\n");
        write("sys/fs/cgroup/slice/memory.max", "1048576\n");
        assertThat(AvailableMemory.forFiles(libc, root).limit())
                .get()
                .hasToString("the cgroup /slice (memory.max 1048576)");
        // Heaps are not charged unless the kernel is told to.
        assertThat(AvailableMemory.forHeaps(libc, root).limit()).isEmpty();
        write("sys/module/dma_heap/parameters/mem_accounting", "Y\n");
        assertThat(AvailableMemory.forHeaps(libc, root).limit()).isPresent();
        write("sys/fs/cgroup/slice/memory.max", "104857600\n");
        write("sys/fs/cgroup/slice/service/memory.max", "max\n");
        assertThat(AvailableMemory.forHeaps(libc, root).limit())
                .as("more than the machine has")
                .isEmpty();
    }

    @Test
    void pageCacheOfTheGroupIsGivenUpForARequest() throws Exception {
        write("proc/meminfo", "MemAvailable:    8192 kB\n");
        write("proc/self/cgroup", "0::/service\n");
        write("sys/fs/cgroup/service/memory.max", "1048576\n");
        write("sys/fs/cgroup/service/memory.current", "1048576\n");
        write(
                "sys/fs/cgroup/service/memory.stat",
                "anon 248576\nfile 800000\ninactive_file 500000\nactive_file 200000\nslab_reclaimable 1000\nshmem 100000\n");
        assertThat(now()).isEqualTo(701_000);

        write("sys/fs/cgroup/service/memory.stat", "inactive_file 9999999999\nbroken\n");
        assertThat(now()).isEqualTo(1_048_576);
    }

    @Test
    void theGroupLimitsBuffersOfHeapsOnlyWhereTheyAreChargedToIt() throws Exception {
        write("proc/meminfo", "MemAvailable:    8192 kB\n");
        write("proc/self/cgroup", "0::/service\n");
        write("sys/fs/cgroup/service/memory.max", "4096\n");
        assertThat(AvailableMemory.forHeaps(libc, root).now()).isEqualTo(8192 * 1024);

        write("sys/module/dma_heap/parameters/mem_accounting", "N\n");
        assertThat(AvailableMemory.forHeaps(libc, root).now()).isEqualTo(8192 * 1024);
        assertThat(now()).isEqualTo(4096);

        write("sys/module/dma_heap/parameters/mem_accounting", "Y\n");
        assertThat(AvailableMemory.forHeaps(libc, root).now()).isEqualTo(4096);
    }

    @Test
    void whatComesInPiecesIsReadToItsEnd() throws Exception {
        write("proc/meminfo", "Filler:  1 kB\n".repeat(1000) + "MemAvailable:    8192 kB\n");
        libc.fail("read", Errno.EINTR);
        assertThat(now()).isEqualTo(8192 * 1024);
    }

    @Test
    void aProcessWithoutDescriptorsIsNotToldThatThereIsNoMemoryNorThatNothingLimitsIt() throws Exception {
        write("proc/meminfo", "MemAvailable:    8192 kB\n");
        write("proc/self/cgroup", "0::/service\n");
        write("sys/fs/cgroup/service/memory.max", "4096\n");
        write("sys/fs/cgroup/service/memory.current", "0\n");
        assertThat(now()).isEqualTo(4096);
        long files = libc.count("open");
        for (int before = 0; before < files; before++) {
            libc.fail("open", new int[before]).fail("open", Errno.EMFILE);
            var e = catchThrowableOfType(HeapException.class, this::now);
            assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_FILES);
            assertThat(e.errno()).contains("EMFILE");
            assertThat(e.getMessage()).contains("ulimit -n");
        }
        assertThat(now()).isEqualTo(4096);
    }

    @Test
    void aMachineWithoutProcIsToldToMountIt() {
        var e = catchThrowableOfType(HeapException.class, this::now);
        assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
        assertThat(e.errno()).contains("ENOENT");
        assertThat(e.getMessage()).contains("meminfo", "mount -t proc");
    }

    @Test
    void aFileThatTellsSomethingElseIsNoMemoryEither() throws Exception {
        write("proc/meminfo", "MemTotal:       16384 kB\n");
        var e = catchThrowableOfType(HeapException.class, this::now);
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(e.getMessage()).contains("MemAvailable");
    }

    private long now() {
        return AvailableMemory.forFiles(libc, root).now();
    }

    private void write(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
