package io.dmaheap.linux.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.libc.CallFrame;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeInfo.Capability;
import io.dmaheap.tee.TeeInfo.Implementation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A node {@code /dev/teeN}, the door for clients; {@code /dev/teeprivN} beside it is the supplicant's, and left alone. */
public final class TeeNode implements PlatformTee {
    private final Libc libc;
    private final Path path;
    private final Path root;

    private TeeNode(Libc libc, Path path, Path root) {
        this.libc = libc;
        this.path = path;
        this.root = root;
    }

    /**
     * The nodes by name, below {@code root}, which is {@code /} but in tests.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    public static List<PlatformTee> below(Path root, Libc libc) {
        return KernelFile.entries(libc, root.resolve("dev")).stream()
                .filter(entry -> entry.getFileName().toString().matches("tee[0-9]+"))
                .<PlatformTee>map(entry -> new TeeNode(libc, entry, root))
                .toList();
    }

    private String name() {
        return path.getFileName().toString();
    }

    private int openNode() {
        return libc.open(path.toString(), FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
    }

    /** Opens the node for a moment: permissions alone do not tell what a container forbids. */
    @Override
    public TeeInfo info() {
        int fd = openNode();
        if (fd < 0) {
            return unopened(path + ": " + Errno.name(fd) + ". " + fix(fd));
        }
        try {
            return version(fd);
        } catch (HeapException e) {
            return unopened(e.getMessage());
        } finally {
            SharedFd.close(libc, fd);
        }
    }

    @Override
    public TeeConnection open() {
        int fd = openNode();
        if (fd < 0) {
            ErrorCode code = fd == -Errno.ENOENT || fd == -Errno.ENODEV || fd == -Errno.ENXIO
                    ? ErrorCode.DEVICE_GONE
                    : ErrorCode.PERMISSION_DENIED;
            var failure = fd == -Errno.EMFILE || fd == -Errno.ENFILE || fd == -Errno.ENOMEM || fd == -Errno.EIO
                    ? Failure.of("open", fd, "cannot open " + path)
                    : Failure.of(code, "open", fd, "cannot open " + path).hint(fix(fd));
            throw failure.build();
        }
        try {
            return new KernelTee(libc, fd, version(fd));
        } catch (RuntimeException | Error e) {
            SharedFd.close(libc, fd);
            throw e;
        }
    }

    private TeeInfo version(int fd) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = frame.struct();
            int result = Ioctl.call(libc, fd, TeeHeader.TEE_IOC_VERSION, data);
            if (result < 0) {
                throw Failure.of("TEE_IOC_VERSION", result, path + " does not answer as a TEE")
                        .build();
            }
            int offered = (int) TeeHeader.GEN_CAPS.get(data, 0L);
            Set<Capability> capabilities = Arrays.stream(Capability.values())
                    .filter(one -> (offered & one.bit()) != 0)
                    .collect(Collectors.toUnmodifiableSet());
            return new TeeInfo(
                    name(),
                    Implementation.of((int) TeeHeader.IMPL_ID.get(data, 0L)),
                    (int) TeeHeader.IMPL_CAPS.get(data, 0L),
                    capabilities,
                    Openable.YES);
        }
    }

    private TeeInfo unopened(String reason) {
        return new TeeInfo(name(), fromSysfs(), 0, Set.of(), Openable.no(reason));
    }

    private Implementation fromSysfs() {
        try {
            Path file = root.resolve("sys/class/tee").resolve(name()).resolve("implementation_id");
            return Implementation.of(Integer.parseInt(Files.readString(file).strip()));
        } catch (IOException | NumberFormatException _) {
            return Implementation.UNKNOWN;
        }
    }

    private String fix(int result) {
        return switch (-result) {
            case Errno.EACCES ->
                "Let your user open it: a udev line `KERNEL==\"tee[0-9]*\", GROUP=\"teeclnt\", MODE=\"0660\"` and"
                        + " `sudo usermod -aG teeclnt $USER`";
            case Errno.EPERM -> "A container forbids the device: start it with `--device " + path + "`";
            default -> "No driver answers the node: `dmesg | grep -i tee` says whether a TEE was found";
        };
    }
}
