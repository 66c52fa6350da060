package io.dmaheap.linux.socket;

import io.dmaheap.BufferSocket;
import io.dmaheap.BufferSocket.Peer;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.ForeignFds;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.libc.SocketStructs;
import io.dmaheap.spi.FdSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connected Unix socket of type {@code SOCK_SEQPACKET}: a message arrives whole, together with its descriptors, or not at all.
 *
 * <p>No call blocks inside the kernel, so that closing, interrupting and time limits work. Nothing is locked: the kernel moves a message
 * in one step, so several threads may send and several may receive, and none waits for longer than it said because another does.
 */
public final class SeqpacketSocket implements FdSocket {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** What messages call the descriptor. */
    static final String WHAT = "socket";

    private static final Duration PAUSE = Duration.ofMillis(10);

    /** The uid of a socket without a peer ({@code cred_to_ucred()} of net/core/sock.c). */
    private static final int NO_PEER = -1;

    private final Libc libc;
    private final SharedFd fd;
    private final Peer peer;
    private final Duration sendingLimit;
    private final ForeignFds arrivals;
    /** Made once, for use where there is no memory to make it. */
    private final IntConsumer discard;

    private SeqpacketSocket(Libc libc, SharedFd fd, Peer peer, Duration sendingLimit) {
        this.libc = libc;
        this.fd = fd;
        this.peer = peer;
        this.sendingLimit = sendingLimit;
        this.arrivals = new ForeignFds(libc);
        this.discard = arrivals::discard;
    }

    /**
     * Connects. A listener whose queue is full gets some seconds to take somebody out of it.
     *
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code ENOENT}, {@code ECONNREFUSED};
     *     {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#TIMED_OUT} with {@code EAGAIN} if the queue stays full;
     *     {@link ErrorCode#INTERRUPTED} with the thread's interrupt status set again
     */
    public static SeqpacketSocket connect(Libc libc, Path path) {
        return connect(libc, path, PATIENCE, BufferSocket.SENDING_LIMIT);
    }

    static SeqpacketSocket connect(Libc libc, Path path, Duration patience, Duration sendingLimit) {
        try (Arena arena = Arena.ofConfined()) {
            SocketAddress address = SocketAddress.of(path, arena, "connect");
            var fd = new SharedFd(libc, WHAT);
            SocketAddress.open(libc, SocketStructs.SOCK_NONBLOCK, fd);
            try {
                connect(libc, fd.number(), address, path, new Deadline(patience));
            } catch (RuntimeException | Error e) {
                fd.close();
                throw e;
            }
            return connected(libc, fd, sendingLimit);
        }
    }

    /**
     * Takes in a socket that other code made.
     *
     * @param fd stays the caller's; of its flags nothing is changed
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EBADF}, {@code ENOTSOCK}, {@code EPROTOTYPE}, {@code ENOTCONN};
     *     {@link ErrorCode#TOO_MANY_FILES}
     */
    public static SeqpacketSocket of(Libc libc, int fd) {
        var own = new SharedFd(libc, WHAT);
        int result = fd < 0 ? -Errno.EBADF : libc.fcntl(fd, FileStructs.F_DUPFD_CLOEXEC, 0);
        if (result < 0) {
            String operation = "fcntl(F_DUPFD_CLOEXEC)";
            String what = "cannot duplicate fd " + fd;
            // A closed descriptor elsewhere counts as one that is no dma-buf.
            throw (result == -Errno.EBADF
                            ? Failure.of(ErrorCode.SYSTEM_ERROR, operation, result, what)
                            : Failure.of(operation, result, what))
                    .build();
        }
        own.own(result);
        try {
            requireConnected(libc, result, fd);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
        return connected(libc, own, BufferSocket.SENDING_LIMIT);
    }

    private static void requireConnected(Libc libc, int fd, int shown) {
        if (option(libc, fd, shown, SocketStructs.SO_DOMAIN) != SocketStructs.AF_UNIX
                || option(libc, fd, shown, SocketStructs.SO_TYPE) != SocketStructs.SOCK_SEQPACKET) {
            throw Failure.of(
                            ErrorCode.SYSTEM_ERROR,
                            "getsockopt",
                            -Errno.EPROTOTYPE,
                            "fd " + shown + " is no Unix socket whose messages arrive whole")
                    .hint("Make it with socket(AF_UNIX, SOCK_SEQPACKET, 0), or socketpair(2) of this type")
                    .build();
        }
        if (option(libc, fd, shown, SocketStructs.SO_ACCEPTCONN) != 0) {
            throw unconnected(shown, "it listens: pass a descriptor that accept(2) gave");
        }
    }

    private static HeapException unconnected(int fd, String why) {
        return Failure.of(
                        ErrorCode.SYSTEM_ERROR,
                        "getsockopt",
                        -Errno.ENOTCONN,
                        "the socket fd " + fd + " is not connected; " + why)
                .build();
    }

    private static int option(Libc libc, int fd, int shown, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) value.byteSize());
            int result = libc.getsockopt(fd, SocketStructs.SOL_SOCKET, option, value, length);
            if (result < 0) {
                throw Failure.of(
                                ErrorCode.SYSTEM_ERROR,
                                "getsockopt",
                                result,
                                "cannot see what socket fd " + shown + " is")
                        .build();
            }
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Nothing but a blocking connect(2) waits for a place in a listener's queue, and no interrupt of Java's would end that. */
    private static void connect(Libc libc, int fd, SocketAddress address, Path path, Deadline deadline) {
        int result = libc.connect(fd, address.memory(), address.length());
        while (result == -Errno.EAGAIN && !deadline.left().isZero()) {
            pause(path);
            result = libc.connect(fd, address.memory(), address.length());
        }
        if (result == -Errno.EAGAIN) {
            throw Failure.of(ErrorCode.TIMED_OUT, "connect", result, "the queue of connections to " + path + " is full")
                    .hint(
                            "The process that listens there takes none: is it stopped, or busy? `ss -xlp` tells which it is,"
                                    + " and shows the queue as Recv-Q")
                    .build();
        }
        if (result < 0) {
            throw Failure.of("connect", result, "cannot connect to " + path)
                    .hint("Is the other process listening there? `ss -xlp` tells")
                    .build();
        }
    }

    private static void pause(Path path) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw HeapException.of(
                            ErrorCode.INTERRUPTED, "interrupted while waiting for a place in the queue of " + path)
                    .operation("connect")
                    .build();
        }
    }

    /**
     * Takes ownership of a connected socket.
     *
     * @param sendingLimit how long {@link #send} waits for a peer that reads nothing
     */
    static SeqpacketSocket connected(Libc libc, SharedFd fd, Duration sendingLimit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(SocketStructs.UCRED);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) credentials.byteSize());
            int result = libc.getsockopt(
                    fd.number(), SocketStructs.SOL_SOCKET, SocketStructs.SO_PEERCRED, credentials, length);
            if (result < 0) {
                throw Failure.of("getsockopt(SO_PEERCRED)", result, "cannot tell who is at the other end")
                        .build();
            }
            var peer = new Peer(
                    (int) SocketStructs.UCRED_PID.get(credentials, 0L),
                    (int) SocketStructs.UCRED_UID.get(credentials, 0L),
                    (int) SocketStructs.UCRED_GID.get(credentials, 0L));
            if (peer.uid() == NO_PEER) {
                throw unconnected(fd.number(), "connect(2) it first");
            }
            return new SeqpacketSocket(libc, fd, peer, sendingLimit);
        } catch (RuntimeException | Error e) {
            fd.close();
            throw e;
        }
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public void send(byte[] payload, List<DmaBufFd> descriptors) {
        if (payload.length > Envelope.MAX_PAYLOAD || descriptors.size() > Envelope.MAX_DESCRIPTORS) {
            throw Failure.of(
                            "sendmsg",
                            -Errno.EMSGSIZE,
                            "a message of " + payload.length + " bytes and " + descriptors.size()
                                    + " descriptors is too large")
                    .hint("At most " + Envelope.MAX_PAYLOAD + " bytes and " + Envelope.MAX_DESCRIPTORS
                            + " descriptors fit: send several messages")
                    .build();
        }
        int[] numbers = descriptors.stream().mapToInt(DmaBufFd::number).toArray();
        var deadline = new Deadline(sendingLimit);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = Envelope.of(arena, payload, numbers).message();
            int flags = SocketStructs.MSG_DONTWAIT | SocketStructs.MSG_NOSIGNAL;
            long result = fd.use(number -> libc.sendmsg(number, message, flags));
            while (isWorthAnotherTry(result)) {
                if (!fd.await(FileStructs.POLLOUT, deadline.left())) {
                    throw unread(result);
                }
                result = fd.use(number -> libc.sendmsg(number, message, flags));
            }
            if (result < 0) {
                throw Failure.of(ErrorCode.SYSTEM_ERROR, "sendmsg", result, "cannot send to process " + peer.pid())
                        .hint(result == -Errno.EPIPE ? "The peer closed the connection" : "See sendmsg(2), unix(7)")
                        .build();
            }
        }
    }

    private HeapException unread(long result) {
        return Failure.of(
                        ErrorCode.TIMED_OUT,
                        "sendmsg",
                        result,
                        "process " + peer.pid() + " took no message for " + sendingLimit.toMillis() + " ms")
                .hint("Is it stopped, or busy? `ss -xp` shows what it has not read as Recv-Q")
                .build();
    }

    @Override
    public Optional<Message> receive(Duration timeout) {
        var deadline = new Deadline(timeout);
        int flags = SocketStructs.MSG_DONTWAIT | SocketStructs.MSG_CMSG_CLOEXEC;
        while (fd.await(FileStructs.POLLIN, deadline.left())) {
            if (arrivals.pending() > Envelope.MAX_DESCRIPTORS) {
                throw unclosable();
            }
            // Made for each try, not held while waiting: it has room for the largest message.
            try (Arena arena = Arena.ofConfined()) {
                Envelope envelope = Envelope.empty(arena);
                long result = fd.use(number -> libc.recvmsg(number, envelope.message(), flags));
                if (!isWorthAnotherTry(result)) {
                    return Optional.of(open(envelope, result));
                }
            }
        }
        return Optional.empty();
    }

    private HeapException unclosable() {
        return HeapException.of(
                        ErrorCode.SYSTEM_ERROR,
                        "process " + peer.pid() + " sent " + arrivals.pending()
                                + " descriptors that are no buffers and cannot be closed")
                .operation("close")
                .errno(Errno.name(Errno.EBUSY))
                .hint("Their file system does not answer: close this connection")
                .build();
    }

    /**
     * {@code ECONNRESET} tells once that the peer left without reading everything (unix_release_sock in net/unix/af_unix.c). What it had
     * sent by then is still in the queue, and the next call says how things stand.
     */
    private static boolean isWorthAnotherTry(long result) {
        return result == -Errno.EAGAIN || result == -Errno.EINTR || result == -Errno.ECONNRESET;
    }

    private Message open(Envelope envelope, long result) {
        if (result < 0) {
            throw Failure.of("recvmsg", result, "cannot receive from process " + peer.pid())
                    .build();
        }
        try {
            List<DmaBufFd> descriptors =
                    envelope.descriptors().stream().map(arrivals::owned).toList();
            HeapException problem = problem(envelope, result, descriptors);
            if (problem != null) {
                throw problem;
            }
            return new Message(envelope.payload(result), descriptors);
        } catch (RuntimeException | Error e) {
            // Even an empty message may have brought some, and whatever failed, nothing else knows them yet.
            envelope.forEachDescriptor(discard);
            throw e;
        }
    }

    private @Nullable HeapException problem(Envelope envelope, long result, List<DmaBufFd> descriptors) {
        if ((envelope.flags() & SocketStructs.MSG_CTRUNC) != 0) {
            return Failure.of("recvmsg", -Errno.EMFILE, "not all descriptors of a message could be taken in")
                    .build();
        }
        if (result == 0 && descriptors.isEmpty() && isHungUp()) {
            return gone();
        }
        if ((envelope.flags() & SocketStructs.MSG_TRUNC) != 0 || !envelope.isWellFormed(result)) {
            return Failure.of(
                            "recvmsg", -Errno.EPROTO, "process " + peer.pid() + " sent a message that is none of ours")
                    .hint("Both ends must use this library: each message starts with the byte " + Envelope.FORMAT)
                    .build();
        }
        return null;
    }

    /**
     * Whether the peer will send nothing more. {@code recvmsg} returns 0 for this and for an empty message alike (unix_dgram_recvmsg in
     * net/unix/af_unix.c), so one that stands before the end counts as the end.
     */
    private boolean isHungUp() {
        return fd.await(FileStructs.POLLRDHUP, Duration.ZERO);
    }

    private HeapException gone() {
        return HeapException.of(ErrorCode.DEVICE_GONE, "process " + peer.pid() + " closed the connection")
                .operation("recvmsg")
                .build();
    }

    @Override
    public void close() {
        fd.close();
    }
}
