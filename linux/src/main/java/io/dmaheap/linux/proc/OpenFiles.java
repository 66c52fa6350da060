package io.dmaheap.linux.proc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.nio.file.Path;

/**
 * How many files this process has open, and how many it may have ({@code RLIMIT_NOFILE}).
 *
 * @param open files open now
 * @param limit the soft limit, {@link Long#MAX_VALUE} if there is none
 */
public record OpenFiles(long open, long limit) {
    private static final String KEY = "Max open files";
    private static final long FEW = 4096;
    private static final long NEARLY_NONE = 256;

    /**
     * Reads below {@code root}, which is {@code /} but in tests.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    public static OpenFiles read(Libc libc, Path root) {
        Path self = root.resolve("proc/self");
        long limit = KernelFile.find(libc, self.resolve("limits")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(KEY))
                .map(line -> line.substring(KEY.length()).strip().split("\\s+")[0])
                .mapToLong(soft -> ProcFile.parse(soft).orElse(Long.MAX_VALUE))
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return new OpenFiles(KernelFile.entries(libc, self.resolve("fd")).size(), limit);
    }

    /** Whether a program that holds thousands of buffers will have none left. */
    public boolean isTight() {
        return limit - open < FEW;
    }

    /** Whether any program that holds buffers will soon have none left. */
    public boolean isNearlySpent() {
        return limit - open < NEARLY_NONE;
    }
}
