package io.dmaheap.linux;

import io.dmaheap.HeapInfo.NodeInfo;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.proc.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** A device node, and what opening it meets. */
record DeviceNode(Path path, Path root) {

    /**
     * Opens the node for reading, which is all that heaps and udmabuf ask for.
     *
     * @return a descriptor or {@code -errno}
     */
    int open(Libc libc) {
        return libc.open(path.toString(), FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
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

    /** What to do about a permission that is missing: join the group that has it, or else let udev give it by {@code rule}. */
    String permissionFix(String rule) {
        return info().filter(info -> info.mode().charAt(3) == 'r')
                .map(NodeInfo::group)
                .filter(group -> !group.equals("root"))
                .map(group -> "Join the group: `sudo usermod -aG " + group + " $USER`, then log in again")
                .orElse(rule);
    }
}
