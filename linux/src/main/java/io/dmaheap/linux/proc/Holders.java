package io.dmaheap.linux.proc;

import io.dmaheap.BufferHolder;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.FdInfo;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Who holds which dma-buf, from {@code /proc/PID/fd}, {@code fdinfo} and {@code maps}: the view that every kernel offers, where the
 * statistics in sysfs came and went. Buffers of the emulator, which are memfds, are found by their name.
 *
 * <p>Processes of other users show only to root ({@code CAP_SYS_PTRACE}).
 */
public final class Holders {
    private static final long UNKNOWN = -1;

    private final Libc libc;
    private final Path proc;
    /** The mount that all memfds are on, and no other file (shm_mnt in mm/shmem.c). */
    private final long mountOfMemfds;

    private final List<BufferHolder> found = new ArrayList<>();

    Holders(Libc libc, Path proc, long mountOfMemfds) {
        this.libc = libc;
        this.proc = proc;
        this.mountOfMemfds = mountOfMemfds;
    }

    /**
     * All holds that this user may see, by process.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    public static List<BufferHolder> list(Libc libc) {
        return new Holders(libc, Path.of("/proc"), mountOfMemfds(libc)).scan();
    }

    private static long mountOfMemfds(Libc libc) {
        int fd = libc.memfdCreate("mount", FileStructs.MFD_CLOEXEC);
        if (fd < 0) {
            return UNKNOWN;
        }
        try {
            return FdInfo.ofSelf(fd).mount();
        } finally {
            SharedFd.close(libc, fd);
        }
    }

    /**
     * The size of a buffer that {@code fdinfo} does not tell. Its path alone does not prove it a memfd: a FUSE file that shows the same one
     * would have its server answer {@code stat}, or keep this process waiting.
     */
    private long size(Path fd, FdInfo info) {
        return info.mount() == mountOfMemfds ? ProcFile.size(fd) : 0;
    }

    List<BufferHolder> scan() {
        for (Path process : KernelFile.entries(libc, proc)) {
            ProcFile.parse(process.getFileName().toString()).ifPresent(pid -> scan(process, pid));
        }
        var byInode = new HashMap<Long, BufferHolder>();
        found.stream().filter(hold -> hold.fd().isPresent()).forEach(hold -> byInode.putIfAbsent(hold.inode(), hold));
        return found.stream().map(hold -> completed(hold, byInode)).toList();
    }

    private void scan(Path process, long pid) {
        String command = ProcFile.text(process.resolve("comm")).orElse("?").strip();
        for (Path fd : ProcFile.entries(process.resolve("fd"))) {
            ProcFile.link(fd).flatMap(BufferLink::parse).ifPresent(link -> {
                String number = fd.getFileName().toString();
                FdInfo info = FdInfo.read(process.resolve("fdinfo").resolve(number));
                long size = info.size() > 0 ? info.size() : size(fd, info);
                found.add(new BufferHolder(
                        pid,
                        command,
                        OptionalInt.of(Integer.parseInt(number)),
                        info.inode(),
                        size,
                        info.count(),
                        link.exporter().or(info::exporter).orElse("?"),
                        link.name().or(info::name)));
            });
        }
        for (MappedBuffer mapped : MappedBuffer.in(process.resolve("maps"))) {
            found.add(new BufferHolder(
                    pid,
                    command,
                    OptionalInt.empty(),
                    mapped.inode(),
                    mapped.size(),
                    0,
                    mapped.link().exporter().orElse("?"),
                    mapped.link().name()));
        }
    }

    /** A mapping shows neither exporter nor size, but somebody's descriptor of the same buffer may. */
    private static BufferHolder completed(BufferHolder hold, Map<Long, BufferHolder> byInode) {
        BufferHolder known = byInode.get(hold.inode());
        if (hold.fd().isPresent() || known == null) {
            return hold;
        }
        return new BufferHolder(
                hold.pid(),
                hold.process(),
                hold.fd(),
                hold.inode(),
                known.size(),
                known.references(),
                known.exporter(),
                hold.name().or(known::name));
    }
}
