package io.dmaheap.linux;

import io.dmaheap.HeapInfo.NodeInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.proc.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** A device node of a heap, and who may open it. */
record HeapNode(Path path, Path root) {
    private static final String RULES = "/etc/udev/rules.d/60-dma-heap.rules";

    String name() {
        return path.getFileName().toString();
    }

    /**
     * Opens the node for reading, which is all that allocating takes.
     *
     * @return a descriptor or {@code -errno}
     */
    int open(Libc libc) {
        return libc.open(path.toString(), FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
    }

    /** Whether it can be opened, found out by opening it: permissions alone do not tell what a container forbids. */
    Openable openable(Libc libc) {
        int fd = open(libc);
        if (fd < 0) {
            return Openable.no(refusal(fd) + ". " + fix(fd));
        }
        SharedFd.close(libc, fd);
        return Openable.YES;
    }

    /** The node as {@code ls -l} shows it; empty if it is gone. */
    Optional<NodeInfo> info() {
        try {
            var attributes = Files.readAttributes(path, PosixFileAttributes.class);
            return Optional.of(new NodeInfo(
                    path.toString(),
                    attributes.owner().getName(),
                    attributes.group().getName(),
                    PosixFilePermissions.toString(attributes.permissions())));
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }

    /** What opening it met, in words. */
    String refusal(int result) {
        String node = info().map(info -> path + " is " + info.owner() + ":" + info.group() + " " + info.mode())
                .orElse(path.toString());
        return node + ", and " + ProcessIdentity.read(root) + " gets " + Errno.name(result);
    }

    /** What to do about it. */
    String fix(int result) {
        return switch (-result) {
            case Errno.EACCES -> permissionFix();
            case Errno.EPERM -> "A container forbids the device: start it with `--device " + path + "`";
            case Errno.ENXIO, Errno.ENODEV ->
                "No driver answers the node: in a container, bind the host's /dev/dma_heap";
            case Errno.ENOENT -> "`ls -l " + path.getParent() + "` shows the heaps there are";
            default -> "See open(2)";
        };
    }

    private String permissionFix() {
        Optional<NodeInfo> info = info();
        if (info.isPresent()
                && info.get().mode().charAt(3) == 'r'
                && !info.get().group().equals("root")) {
            return "Join the group: `sudo usermod -aG " + info.get().group() + " $USER`, then log in again";
        }
        return "Add the line `SUBSYSTEM==\"dma_heap\", KERNEL==\"" + name() + "\", GROUP=\"video\", MODE=\"0660\"` to "
                + RULES
                + ", run `sudo udevadm control --reload && sudo udevadm trigger -s dma_heap`, and join the group:"
                + " `sudo usermod -aG video $USER`";
    }
}
