package io.dmaheap.linux;

import io.dmaheap.HeapInfo.NodeInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code /dev/udmabuf}, who may open it, and how large a dma-buf it makes. */
record UdmabufNode(Path root) {
    private static final String RULES = "/etc/udev/rules.d/60-udmabuf.rules";
    /** {@code size_limit_mb} of drivers/dma-buf/udmabuf.c: 64 up to linux 7.2, {@code INT_MAX} since 7.3; writable by root. */
    private static final String LIMIT = "sys/module/udmabuf/parameters/size_limit_mb";

    Path path() {
        return root.resolve("dev/udmabuf");
    }

    boolean exists() {
        return Files.exists(path());
    }

    int open(Libc libc) {
        return device().open(libc);
    }

    Optional<NodeInfo> info() {
        return device().info();
    }

    /** Whether it can be opened, found out by opening it. */
    Openable openable(Libc libc) {
        int fd = open(libc);
        if (fd < 0) {
            return Openable.no(refusal(fd) + ". " + fix(fd));
        }
        SharedFd.close(libc, fd);
        return Openable.YES;
    }

    /** What opening it met, in words. */
    String refusal(int result) {
        return device().refusal(result);
    }

    /** What to do about it. */
    String fix(int result) {
        return switch (-result) {
            case Errno.EACCES ->
                device().permissionFix("Add the line `KERNEL==\"udmabuf\", TAG+=\"uaccess\"` to " + RULES
                        + ", run `sudo udevadm control --reload && sudo udevadm trigger --name-match=udmabuf`,"
                        + " and log in again");
            case Errno.EPERM -> "A container forbids the device: start it with `--device " + path() + "`";
            case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV ->
                "Use a kernel with CONFIG_UDMABUF=y; on one that has it, pass the node into the container: `--device "
                        + path() + "`";
            default -> "See open(2)";
        };
    }

    /** The bytes of the largest dma-buf; empty if the kernel does not tell. */
    OptionalLong largest(Libc libc) {
        Optional<String> megabytes = KernelFile.find(libc, limitFile());
        try {
            return megabytes.isPresent()
                    ? OptionalLong.of(Math.max(0, Long.parseLong(megabytes.get().strip())) << 20)
                    : OptionalLong.empty();
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    Path limitFile() {
        return root.resolve(LIMIT);
    }

    private DeviceNode device() {
        return new DeviceNode(path(), root);
    }
}
