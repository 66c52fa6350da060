package io.dmaheap.linux.libc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Small files below {@code /proc} and {@code /sys}, read whole, and directories of the kernel's.
 *
 * <p>That a file is not there is an ordinary answer, and that no descriptor is left to look with is none. Java reports both as an
 * {@code IOException} and tells them apart in the words of strerror(3) only, which depend on the locale.
 */
public final class KernelFile {
    private static final long CHUNK = 4096;

    private KernelFile() {}

    /**
     * Reads a file that has to be there.
     *
     * @param hint what to do if it is not
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES}; {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#SYSTEM_ERROR}
     *     with {@code ENOENT} and others
     */
    public static String read(Libc libc, Path file, String hint) {
        Outcome outcome = attempt(libc, file);
        if (outcome.isNothing()) {
            throw outcome.failure(file).hint(hint).build();
        }
        return outcome.text(file);
    }

    /**
     * Reads a file that need not be there.
     *
     * @return empty if there is none, or none for this user
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} and others, if that cannot be found out
     */
    public static Optional<String> find(Libc libc, Path file) {
        Outcome outcome = attempt(libc, file);
        return outcome.isNothing() ? Optional.empty() : Optional.of(outcome.text(file));
    }

    /**
     * The entries of a directory that need not be there, by name.
     *
     * @return none if there is no such directory, or none for this user
     * @throws HeapException as for {@link #find}
     */
    public static List<Path> entries(Libc libc, Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException | UncheckedIOException _) {
            // Opening it once more tells the errno.
            int fd = libc.open(directory.toString(), FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
            if (fd >= 0) {
                SharedFd.close(libc, fd);
                return List.of();
            }
            var outcome = new Outcome("open", fd, new byte[0]);
            if (outcome.isNothing()) {
                return List.of();
            }
            throw outcome.failure(directory).build();
        }
    }

    private static Outcome attempt(Libc libc, Path file) {
        var contents = new ByteArrayOutputStream();
        int fd = libc.open(file.toString(), FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        if (fd < 0) {
            return new Outcome("open", fd, new byte[0]);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(CHUNK);
            long count;
            do {
                count = libc.read(fd, chunk);
                if (count > 0) {
                    contents.writeBytes(chunk.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
                }
            } while (count > 0 || count == -Errno.EINTR);
            return new Outcome("read", count, contents.toByteArray());
        } finally {
            SharedFd.close(libc, fd);
        }
    }

    /** What the last call of an attempt returned. */
    private record Outcome(String call, long result, byte[] contents) {

        /** Some files refuse when they are read, such as those of a process that has ended meanwhile ({@code ESRCH}). */
        boolean isNothing() {
            return switch ((int) -result) {
                case Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES, Errno.EPERM, Errno.ESRCH -> true;
                default -> false;
            };
        }

        HeapException.Builder failure(Path file) {
            return Failure.of(call, result, "cannot read " + file);
        }

        /** Labels and process names may be any bytes, so the decoder must be one that replaces them. */
        String text(Path file) {
            if (result < 0) {
                throw failure(file).build();
            }
            return new String(contents, StandardCharsets.UTF_8);
        }
    }
}
