package io.dmaheap.linux.proc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory that can be had without hurting others: {@code MemAvailable} of the machine, or less if a cgroup (v2) limits this
 * process and the memory is charged to it. The kernel itself sets no limit: its {@code system} heap takes pages until the OOM killer comes.
 */
public final class AvailableMemory {
    /** What a cgroup gives up for a request before its limit stops it: clean and dirty page cache, and caches of the kernel's. */
    private static final List<String> RECLAIMABLE = List.of("inactive_file", "active_file", "slab_reclaimable");

    private final Libc libc;
    private final boolean charged;
    private final Path meminfo;
    private final Path membership;
    private final Path cgroups;

    private AvailableMemory(Libc libc, Path root, boolean charged) {
        this.libc = libc;
        this.charged = charged;
        this.meminfo = root.resolve("proc/meminfo");
        this.membership = root.resolve("proc/self/cgroup");
        this.cgroups = root.resolve("sys/fs/cgroup");
    }

    /** For files in memory, which are always charged to the cgroup. Reads below {@code root}, which is {@code /} but in tests. */
    public static AvailableMemory forFiles(Libc libc, Path root) {
        return new AvailableMemory(libc, root, true);
    }

    /**
     * For buffers of the kernel's heaps, which are charged to the cgroup only with {@code dma_heap.mem_accounting=Y}
     * (drivers/dma-buf/dma-heap.c; a kernel without the parameter charges nothing).
     */
    public static AvailableMemory forHeaps(Libc libc, Path root) {
        boolean charged = KernelFile.find(libc, root.resolve("sys/module/dma_heap/parameters/mem_accounting"))
                .filter(text -> text.strip().equals("Y"))
                .isPresent();
        return new AvailableMemory(libc, root, charged);
    }

    /**
     * The bytes available now.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with; {@link ErrorCode#SYSTEM_ERROR}
     *     with {@code ENOENT} if {@code /proc} is not mounted. Nobody should take either for a machine without memory
     */
    public long now() {
        long machine = machine();
        return charged
                ? tightest().map(limit -> Math.min(machine, limit.left())).orElse(machine)
                : machine;
    }

    private long machine() {
        String text = KernelFile.read(
                libc,
                meminfo,
                "Without it nobody knows how much may be allocated: `mount -t proc proc /proc`, and without subset=pid");
        return ProcFile.kibibytes(text, "MemAvailable")
                .orElseThrow(() -> HeapException.of(ErrorCode.UNSUPPORTED, meminfo + " does not tell MemAvailable")
                        .operation("read")
                        .hint("Every kernel since 3.14 does: what shows this file instead of it?")
                        .build());
    }

    /** The cgroup that leaves the least, if the memory is charged to it and it leaves less than the machine. */
    public Optional<CgroupLimit> limit() {
        return charged ? tightest().filter(limit -> limit.left() < machine()) : Optional.empty();
    }

    /** The cgroup that leaves the least, whether or not the memory is charged to it; empty where none has a limit. */
    public Optional<CgroupLimit> tightest() {
        Path group = KernelFile.find(libc, membership).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("0::/"))
                .map(line -> cgroups.resolve(line.substring("0::/".length())))
                .findFirst()
                .orElse(cgroups);
        @Nullable CgroupLimit tightest = null;
        // A limit of any ancestor counts too.
        for (Path at = group; at != null && at.startsWith(cgroups); at = at.getParent()) {
            OptionalLong limit = number(at.resolve("memory.max"));
            if (limit.isPresent()) {
                long used = number(at.resolve("memory.current")).orElse(0);
                long kept = Math.max(0, used - reclaimable(at.resolve("memory.stat")));
                long left = Math.max(0, limit.getAsLong() - kept);
                if (tightest == null || left < tightest.left()) {
                    tightest = new CgroupLimit("/" + cgroups.relativize(at), limit.getAsLong(), left);
                }
            }
        }
        return Optional.ofNullable(tightest);
    }

    /** Whether the memory is charged to the cgroup. */
    public boolean isCharged() {
        return charged;
    }

    /** What the machine has, whatever a cgroup leaves. */
    public long ofMachine() {
        return machine();
    }

    /**
     * The limit of a cgroup.
     *
     * @param group its path below {@code /sys/fs/cgroup}
     * @param max its {@code memory.max}, in bytes
     * @param left the bytes that it could still take, with the page cache that it would give up
     */
    public record CgroupLimit(String group, long max, long left) {
        @Override
        public String toString() {
            return "the cgroup " + group + " (memory.max " + max + ")";
        }
    }

    private long reclaimable(Path stat) {
        return KernelFile.find(libc, stat).stream()
                .flatMap(String::lines)
                .map(line -> line.split(" "))
                .filter(words -> words.length == 2 && RECLAIMABLE.contains(words[0]))
                .mapToLong(words -> ProcFile.parse(words[1]).orElse(0))
                .sum();
    }

    /** Empty for {@code max}, as for a file that is not there: the root has none, nor has a group without the controller. */
    private OptionalLong number(Path file) {
        return KernelFile.find(libc, file).map(ProcFile::parse).orElse(OptionalLong.empty());
    }
}
