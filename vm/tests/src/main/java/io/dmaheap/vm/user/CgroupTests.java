package io.dmaheap.vm.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.vm.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process in a cgroup that may have less than the machine. Memory files are charged to it; buffers of the kernel's heaps are with
 * {@code dma_heap.mem_accounting=Y} only, which a kernel gets when it is booted.
 */
@Timeout(600)
class CgroupTests {
    private static final Path GROUP = Path.of("/sys/fs/cgroup/box");
    private static final Path ACCOUNTING = Path.of("/sys/module/dma_heap/parameters/mem_accounting");
    private static final long MAX = 200L << 20;
    private static final String WITHIN = "echo $$ >" + GROUP + "/cgroup.procs; exec";
    private static final String NAMED = "the cgroup /box (memory.max " + MAX + ")";

    private static boolean accounted() throws IOException {
        return Files.exists(ACCOUNTING) && Files.readString(ACCOUNTING).strip().equals("Y");
    }

    @BeforeEach
    void makeGroup() throws IOException {
        Files.writeString(GROUP.resolveSibling("cgroup.subtree_control"), "+memory");
        Files.createDirectory(GROUP);
        Files.writeString(GROUP.resolve("memory.max"), Long.toString(MAX));
    }

    @AfterEach
    void removeGroup() throws IOException {
        Files.delete(GROUP);
    }

    /** Runs in the child: allocates on a platform, from a heap, so many MiB, and touches them; then says what doctor says. */
    static final class Taker {
        public static void main(String[] args) {
            var options = HeapsOptions.defaults().withPlatform(args[0]);
            try (Heaps heaps = Heaps.open(options);
                    Heap heap = heaps.heap(args[1]);
                    DmaBuf buffer = heap.allocate(Long.parseLong(args[2]) << 20)) {
                try (var access = buffer.write()) {
                    access.segment().fill((byte) 1);
                }
                System.out.println("took " + buffer.size());
            } catch (HeapException e) {
                System.out.println("refused " + e.code() + " " + e.getMessage());
            }
            Heaps.diagnose(options).stream()
                    .filter(finding -> finding.subject().equals("memory"))
                    .forEach(finding -> System.out.println("doctor " + finding.detail()));
        }
    }

    private static String take(String platform, String heap, int mebibytes) throws Exception {
        return ChildJvm.output(ChildJvm.of(WITHIN, Taker.class, platform, heap, Integer.toString(mebibytes))
                .start());
    }

    @Test
    void aHeapOfTheKernelIsLimitedWhereItIsCharged() throws Exception {
        String output = take("linux", "system", 256);
        assertThat(output).endsWith("exit 0");
        if (accounted()) {
            assertThat(output)
                    .containsPattern("refused LIMIT_EXCEEDED 268435456 bytes are more than the cgroup /box")
                    .containsPattern(
                            "doctor .*" + "the cgroup /box .*mem_accounting=Y, for buffers of the kernel's heaps");
        } else {
            assertThat(output)
                    .contains("took " + (256L << 20))
                    .containsPattern("doctor .*the cgroup /box .*not for buffers of the kernel's heaps");
        }
    }

    @Test
    void memoryFilesAreLimitedInAnyCase() throws Exception {
        assertThat(take("emulator", "system", 256))
                .contains("refused LIMIT_EXCEEDED 268435456 bytes are more than " + NAMED)
                .endsWith("exit 0");
        assertThat(take("linux", "udmabuf", 256))
                .containsPattern("refused (OUT_OF_MEMORY|LIMIT_EXCEEDED|INVALID_SIZE) ")
                .endsWith("exit 0");
    }

    /** What was read from disk is charged as well, and given up for a request. */
    @Test
    void pageCacheThatFillsTheGroupIsGivenUpForARequest() throws Exception {
        // A page belongs to the group that read it first, and this JVM has read some.
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1");
        ProcessBuilder reader = new ProcessBuilder(
                        "sh",
                        "-c",
                        WITHIN + " cat \"$0\"/lib/modules \"$0\"/lib/server/libjvm.so >/dev/null",
                        System.getProperty("java.home"))
                .redirectErrorStream(true);
        assertThat(ChildJvm.output(reader.start())).endsWith("exit 0");
        long cached = statistic("file");
        assertThat(cached).as("page cache of the group").isGreaterThan(16L << 20);
        // A JVM takes 40 MiB and more, so that without the cache there are less than 64 left.
        long max = cached + (96L << 20);
        Files.writeString(GROUP.resolve("memory.max"), Long.toString(max));
        assertThat(take("emulator", "system", 64))
                .contains("took " + (64L << 20))
                .endsWith("exit 0");
        assertThat(take("emulator", "system", 512)).contains("more than the cgroup /box (memory.max");
    }

    private static long statistic(String name) throws IOException {
        return Files.readAllLines(GROUP.resolve("memory.stat")).stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
