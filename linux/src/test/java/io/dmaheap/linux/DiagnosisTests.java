package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Finding;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosisTests {
    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    @Test
    void aBareMachineGetsAFixForEverything() throws Exception {
        write("proc/sys/kernel/osrelease", "6.12.1-amd64\n");
        write("boot/config-6.12.1-amd64", "# CONFIG_DMABUF_HEAPS is not set\n# CONFIG_UDMABUF is not set\n");
        assertThat(finding("kernel").status()).isEqualTo(Finding.Status.OK);
        assertThat(finding("heaps").detail()).contains("is missing", "CONFIG_DMABUF_HEAPS is not set");
        assertThat(finding("heaps").status()).isEqualTo(Finding.Status.FAIL);
        assertThat(finding("udmabuf").detail()).contains("is missing", "CONFIG_UDMABUF is not set");
        assertThat(finding("udmabuf").fix()).contains("CONFIG_UDMABUF=y").doesNotContain("modprobe");
        assertThat(finding("fences").status()).isEqualTo(Finding.Status.INFO);
        assertThat(finding("udmabuf").status()).isEqualTo(Finding.Status.INFO);
        assertThat(finding("CMA heap").status()).isEqualTo(Finding.Status.INFO);
    }

    @Test
    void aNodeThatDoesNotOpenGetsItsUdevLine() throws Exception {
        write("dev/dma_heap/system", "");
        libc.fail("open", Errno.EACCES);
        Finding heap = finding("heap system");
        assertThat(heap.status()).isEqualTo(Finding.Status.FAIL);
        assertThat(heap.detail()).contains("EACCES", "groups");
        assertThat(heap.fix()).contains("SUBSYSTEM==\"dma_heap\", KERNEL==\"system\", GROUP=\"video\", MODE=\"0660\"");
    }

    @Test
    void aMachineWhereAllIsWellSaysSo() throws Exception {
        write("proc/sys/kernel/osrelease", "7.3.4\n");
        write("boot/config-7.3.4", "CONFIG_SYNC_FILE=y\n");
        write("proc/self/limits", "Max open files            1048576              1048576              files\n");
        write("dev/dma_heap/system", "");
        write("dev/dma_heap/default_cma_region", "");
        write("dev/udmabuf", "");
        write("proc/meminfo", "MemAvailable:    8388608 kB\n");
        assertThat(new Diagnosis(root).run(libc))
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK))
                .allSatisfy(finding -> assertThat(finding.fix()).isEmpty());
        assertThat(libc.held()).isEmpty();
    }

    /** What the kernel makes no dma-buf of, the emulator gives as a memfd, so the limit is named. */
    @Test
    void theLargestUdmabufIsNamedWhereThereIsALimit() throws Exception {
        write("dev/udmabuf", "");
        write("sys/module/udmabuf/parameters/size_limit_mb", "64\n");
        assertThat(finding("udmabuf").status()).isEqualTo(Finding.Status.OK);
        assertThat(finding("udmabuf").detail()).contains("up to 64 MiB", "size_limit_mb", "larger buffers are memfds");
        write("sys/module/udmabuf/parameters/size_limit_mb", "2147483647\n");
        assertThat(finding("udmabuf").detail()).doesNotContain("MiB");
    }

    @Test
    void theLimitThatHoldsForMemoryIsNamed() throws Exception {
        write("proc/meminfo", "MemAvailable:    8388608 kB\n");
        assertThat(finding("memory").detail()).isEqualTo("8192 MiB are available (MemAvailable)");
        write("proc/self/cgroup", "0::/box\n");
        write("sys/fs/cgroup/box/memory.max", "104857600\n");
        write("sys/fs/cgroup/box/memory.current", "52428800\n");
        assertThat(finding("memory").detail())
                .contains(
                        "the cgroup /box (memory.max 104857600) leaves 50 MiB",
                        "not for buffers of the kernel's heaps",
                        "dma_heap.mem_accounting=Y only");
        write("sys/module/dma_heap/parameters/mem_accounting", "Y\n");
        assertThat(finding("memory").detail())
                .contains("and, with dma_heap.mem_accounting=Y, for buffers of the kernel's");
    }

    @Test
    void aUdmabufThatDoesNotOpenGetsItsUdevLine() throws Exception {
        write("dev/udmabuf", "");
        libc.refuse(root.resolve("dev/udmabuf").toString(), Errno.EACCES);
        assertThat(finding("udmabuf").status()).isEqualTo(Finding.Status.WARN);
        assertThat(finding("udmabuf").detail()).contains("EACCES", "uid");
        assertThat(finding("udmabuf").fix()).contains("KERNEL==\"udmabuf\", TAG+=\"uaccess\"");
    }

    @Test
    void oldNamesOldKernelsContainersAndTightLimitsAreNoticed() throws Exception {
        write("proc/sys/kernel/osrelease", "5.4.0\n");
        write("proc/self/limits", "Max open files            1024              1048576              files\n");
        write("dev/dma_heap/linux,cma", "");
        write(".dockerenv", "");
        assertThat(finding("kernel").status()).isEqualTo(Finding.Status.FAIL);
        assertThat(finding("CMA heap").detail()).contains("linux,cma");
        assertThat(finding("container").fix()).contains("--device");
        assertThat(finding("open files").detail()).contains("1024");
        assertThat(finding("open files").status()).isEqualTo(Finding.Status.INFO);
        assertThat(finding("CMA heap").status()).isEqualTo(Finding.Status.INFO);
        assertThat(finding("container").status()).isEqualTo(Finding.Status.INFO);
    }

    @Test
    void theRealMachineIsDiagnosedWithoutThrowing() {
        assertThat(new LinuxPlatformProvider().diagnose()).isNotEmpty();
    }

    private Finding finding(String subject) {
        return new Diagnosis(root)
                .run(libc).stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no finding about " + subject));
    }

    private void write(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
