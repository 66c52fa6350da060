package io.dmaheap.linux.proc;

import io.dmaheap.BufferHolder;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.FdInfo;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
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
    private final Libc libc;
    private final Path proc;
    private final List<BufferHolder> found = new ArrayList<>();

    Holders(Libc libc, Path proc) {
        this.libc = libc;
        this.proc = proc;
    }

    /**
     * All holds that this user may see, by process.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    public static List<BufferHolder> list(Libc libc) {
        return new Holders(libc, Path.of("/proc")).scan();
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
                long size = info.size() > 0 ? info.size() : ProcFile.size(fd);
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
