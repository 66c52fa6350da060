package io.dmaheap.linux.proc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory that can be had without hurting anybody: {@code MemAvailable} of the machine, or less if a cgroup (v2) limits this
 * process. The kernel itself stops nobody: its {@code system} heap takes pages until the OOM killer comes.
 */
public final class AvailableMemory {
    private final Libc libc;
    private final Path meminfo;
    private final Path membership;
    private final Path cgroups;

    /** Reads below {@code root}, which is {@code /} but in tests. */
    public AvailableMemory(Libc libc, Path root) {
        this.libc = libc;
        this.meminfo = root.resolve("proc/meminfo");
        this.membership = root.resolve("proc/self/cgroup");
        this.cgroups = root.resolve("sys/fs/cgroup");
    }

    /**
     * The bytes available now.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with; {@link ErrorCode#SYSTEM_ERROR}
     *     with {@code ENOENT} if {@code /proc} is not mounted. Nobody should take either for a machine without memory
     */
    public long now() {
        return Math.min(machine(), leftInCgroup());
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

    private long leftInCgroup() {
        Path group = KernelFile.find(libc, membership).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("0::/"))
                .map(line -> cgroups.resolve(line.substring("0::/".length())))
                .findFirst()
                .orElse(cgroups);
        long left = Long.MAX_VALUE;
        // A limit of any ancestor counts too.
        for (Path at = group; at != null && at.startsWith(cgroups); at = at.getParent()) {
            OptionalLong limit = number(at.resolve("memory.max"));
            if (limit.isPresent()) {
                OptionalLong used = number(at.resolve("memory.current"));
                left = Math.min(left, Math.max(0, limit.getAsLong() - used.orElse(0)));
            }
        }
        return left;
    }

    /** Empty for {@code max}, as for a file that is not there: the root has none, nor has a group without the controller. */
    private OptionalLong number(Path file) {
        return KernelFile.find(libc, file).map(ProcFile::parse).orElse(OptionalLong.empty());
    }
}
