package io.dmaheap.linux.socket;

import io.dmaheap.BufferSocket;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.libc.SocketStructs;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A listening Unix socket of type {@code SOCK_SEQPACKET}. */
public final class SeqpacketListener implements FdListener {
    private static final int BACKLOG = 64;

    private final Libc libc;
    private final SharedFd fd;
    private final Path path;
    private final SocketFile file;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SeqpacketListener(Libc libc, SharedFd fd, Path path, SocketFile file) {
        this.libc = libc;
        this.fd = fd;
        this.path = path;
        this.file = file;
    }

    /**
     * Binds and listens.
     *
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EADDRINUSE} if the file exists, {@code ENAMETOOLONG};
     *     {@link ErrorCode#PERMISSION_DENIED}
     */
    public static SeqpacketListener bind(Libc libc, Path path) {
        var fd = new SharedFd(libc, "listener");
        try (Arena arena = Arena.ofConfined()) {
            SocketAddress address = SocketAddress.of(path, arena, "bind");
            SocketAddress.open(libc, SocketStructs.SOCK_NONBLOCK, fd);
            int result = libc.bind(fd.number(), address.memory(), address.length());
            if (result < 0) {
                throw refused(result, path);
            }
            return listen(libc, fd, path, SocketFile.bound(path));
        } catch (RuntimeException | Error e) {
            fd.close();
            throw e;
        }
    }

    private static SeqpacketListener listen(Libc libc, SharedFd fd, Path path, SocketFile file) {
        try {
            int result = libc.listen(fd.number(), BACKLOG);
            if (result < 0) {
                throw Failure.of("listen", result, "cannot listen on " + path).build();
            }
            return new SeqpacketListener(libc, fd, path, file);
        } catch (RuntimeException | Error e) {
            file.delete();
            throw e;
        }
    }

    private static HeapException refused(int result, Path path) {
        HeapException.Builder builder = Failure.of("bind", result, "cannot listen on " + path);
        return switch (-result) {
            case Errno.EADDRINUSE ->
                builder.hint(
                                "The file exists: another process listens there, or one that died left it behind. `ss -xlp`"
                                        + " tells which; remove the file in the second case")
                        .build();
            case Errno.ENOENT -> builder.hint("The directory does not exist").build();
            default -> builder.build();
        };
    }

    @Override
    public Optional<FdSocket> accept(Duration timeout) {
        var deadline = new Deadline(timeout);
        while (fd.await(FileStructs.POLLIN, deadline.left())) {
            var accepted = new SharedFd(libc, SeqpacketSocket.WHAT);
            int result = fd.use(number -> libc.accept4(number, SocketStructs.SOCK_CLOEXEC));
            if (result >= 0) {
                accepted.own(result);
                return connected(accepted);
            }
            // Another thread may have been faster, or the peer gave up: that is no failure of this listener.
            if (result != -Errno.EAGAIN && result != -Errno.EINTR && result != -Errno.ECONNABORTED) {
                throw Failure.of("accept4", result, "cannot accept a connection on " + path)
                        .build();
            }
        }
        return Optional.empty();
    }

    private Optional<FdSocket> connected(SharedFd accepted) {
        try {
            return Optional.of(SeqpacketSocket.connected(libc, accepted, BufferSocket.SENDING_LIMIT));
        } catch (RuntimeException | Error e) {
            accepted.close();
            throw e;
        }
    }

    /** The file goes first: as long as the socket is open, no other file can have its inode number. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                file.delete();
            } finally {
                fd.close();
            }
        }
    }
}
