package io.dmaheap.linux;

import io.dmaheap.HeapInfo.NodeInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import java.nio.file.Path;
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
        return device().open(libc);
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
        return device().info();
    }

    /** What opening it met, in words. */
    String refusal(int result) {
        return device().refusal(result);
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
        return device().permissionFix("Add the line `SUBSYSTEM==\"dma_heap\", KERNEL==\"" + name()
                + "\", GROUP=\"video\", MODE=\"0660\"` to "
                + RULES
                + ", run `sudo udevadm control --reload && sudo udevadm trigger -s dma_heap`, and join the group:"
                + " `sudo usermod -aG video $USER`");
    }

    private DeviceNode device() {
        return new DeviceNode(path, root);
    }
}
