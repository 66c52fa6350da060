package io.dmaheap.linux.proc;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory that can be had without hurting anybody: {@code MemAvailable} of the machine, or less if a cgroup (v2) limits this
 * process. The kernel itself stops nobody: its {@code system} heap takes pages until the OOM killer comes.
 */
public final class AvailableMemory {
    private final Path proc;
    private final Path cgroups;

    AvailableMemory(Path proc, Path cgroups) {
        this.proc = proc;
        this.cgroups = cgroups;
    }

    /** The bytes available now, 0 if {@code /proc} tells nothing. */
    public static long bytes() {
        return new AvailableMemory(Path.of("/proc"), Path.of("/sys/fs/cgroup")).now();
    }

    long now() {
        long machine =
                ProcFile.kibibytes(proc.resolve("meminfo"), "MemAvailable").orElse(0);
        return Math.min(machine, leftInCgroup());
    }

    private long leftInCgroup() {
        Path group = ProcFile.text(proc.resolve("self/cgroup")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("0::/"))
                .map(line -> cgroups.resolve(line.substring("0::/".length())))
                .findFirst()
                .orElse(cgroups);
        long left = Long.MAX_VALUE;
        // A limit of any ancestor counts too.
        for (Path at = group; at != null && at.startsWith(cgroups); at = at.getParent()) {
            OptionalLong limit = ProcFile.number(at.resolve("memory.max"));
            OptionalLong used = ProcFile.number(at.resolve("memory.current"));
            if (limit.isPresent() && used.isPresent()) {
                left = Math.min(left, Math.max(0, limit.getAsLong() - used.getAsLong()));
            }
        }
        return left;
    }
}
