package io.dmaheap.linux.dmabuf;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The lines of a {@code /proc/PID/fdinfo/FD} file: for a dma-buf they tell {@code size}, {@code count}, {@code exp_name} and, once
 * it was set, {@code name} (dma_buf_show_fdinfo in drivers/dma-buf/dma-buf.c).
 */
public final class FdInfo {
    private final Map<String, String> lines;

    private FdInfo(Map<String, String> lines) {
        this.lines = lines;
    }

    /** What this process' descriptor tells; nothing if it cannot be read. */
    public static FdInfo ofSelf(int fd) {
        return read(pathOfSelf(fd));
    }

    /**
     * As {@link #ofSelf(int)}, for what must not be taken for told because it could not be read.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} and others
     */
    public static FdInfo ofSelf(Libc libc, int fd) {
        return parse(KernelFile.find(libc, pathOfSelf(fd)).orElse(""));
    }

    private static Path pathOfSelf(int fd) {
        return Path.of("/proc/self/fdinfo", Integer.toString(fd));
    }

    /** What a file tells; nothing if it cannot be read, because the descriptor was closed or is not ours to look at. */
    public static FdInfo read(Path file) {
        try {
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return new FdInfo(Map.of());
        }
    }

    /**
     * Reads the lines of a file. A label may hold line breaks, which the kernel prints as they are, so the first occurrence of a
     * key counts: {@code name} comes last and cannot fake the others.
     */
    public static FdInfo parse(String text) {
        var lines = new HashMap<String, String>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return new FdInfo(lines);
    }

    /** The exporter's name. */
    public Optional<String> exporter() {
        return text("exp_name");
    }

    /** The label. */
    public Optional<String> name() {
        return text("name");
    }

    /** Bytes, 0 if not told. */
    public long size() {
        return number("size");
    }

    /** File references, 0 if not told. */
    public long count() {
        return number("count");
    }

    /** The id of the mount, 0 if not told. */
    public long mount() {
        return number("mnt_id");
    }

    /** The inode number, 0 if not told. */
    public long inode() {
        return number("ino");
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(lines.get(key)).filter(value -> !value.isEmpty());
    }

    private long number(String key) {
        try {
            return Long.parseLong(lines.getOrDefault(key, "0"));
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
