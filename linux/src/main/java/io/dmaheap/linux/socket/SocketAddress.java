package io.dmaheap.linux.socket;

import io.dmaheap.ErrorCode;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.libc.SocketStructs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A path as a {@code struct sockaddr_un}. */
record SocketAddress(MemorySegment memory, int length) {

    static SocketAddress of(Path path, Arena arena, String operation) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > SocketStructs.MAX_PATH) {
            throw Failure.of(
                            ErrorCode.SYSTEM_ERROR,
                            operation,
                            -Errno.ENAMETOOLONG,
                            "the socket path " + path + " has " + bytes.length + " bytes")
                    .hint("A socket path has 1 to " + SocketStructs.MAX_PATH
                            + " bytes: use a shorter directory, such as" + " one under /run")
                    .build();
        }
        MemorySegment memory = arena.allocate(SocketStructs.SOCKADDR_UN);
        SocketStructs.SUN_FAMILY.set(memory, 0L, (short) SocketStructs.AF_UNIX);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, SocketStructs.SUN_PATH_OFFSET, bytes.length);
        return new SocketAddress(memory, (int) SocketStructs.SUN_PATH_OFFSET + bytes.length + 1);
    }

    /** Makes a new socket, which is not bound to anything, and gives it to its owner. */
    static void open(Libc libc, int flags, SharedFd owner) {
        int type = SocketStructs.SOCK_SEQPACKET | SocketStructs.SOCK_CLOEXEC | flags;
        int fd = libc.socket(SocketStructs.AF_UNIX, type, 0);
        if (fd < 0) {
            throw Failure.of("socket", fd, "cannot make a Unix socket").build();
        }
        owner.own(fd);
    }
}
