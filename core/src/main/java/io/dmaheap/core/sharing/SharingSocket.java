package io.dmaheap.core.sharing;

import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.spi.FdSocket;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Buffers over a platform's socket: exported before they are sent, imported when they arrive. */
public final class SharingSocket implements BufferSocket {
    /** {@code SCM_MAX_FD} (include/net/scm.h). */
    private static final int MAX_BUFFERS = 253;

    private static final int MAX_TEXT = 64 << 10;

    private final FdSocket socket;
    private final IntFunction<DmaBuf> importer;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Connection held;

    private SharingSocket(FdSocket socket, IntFunction<DmaBuf> importer, PlatformUse platformUse, Watch watch) {
        this.socket = socket;
        this.importer = importer;
        this.held = new Connection("socket", socket::close, platformUse, watch);
        held.watch(this);
        held.count();
    }

    /**
     * Opens a socket.
     *
     * @param connect makes the connection
     * @param importer takes in what arrives
     * @param platformUse held until the socket is closed
     * @param watch counts and watches what is open
     */
    public static SharingSocket open(
            Supplier<FdSocket> connect, IntFunction<DmaBuf> importer, PlatformUse platformUse, Watch watch) {
        return Connection.opened(
                platformUse.retainFor(connect),
                FdSocket::close,
                platformUse,
                socket -> new SharingSocket(socket, importer, platformUse, watch));
    }

    @Override
    public Peer peer() {
        return socket.peer();
    }

    @Override
    public void send(String text, DmaBuf... buffers) {
        checkOpen();
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        if (payload.length > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "the text has " + payload.length + " bytes, at most " + MAX_TEXT + " fit");
        }
        if (buffers.length > MAX_BUFFERS) {
            throw new IllegalArgumentException(
                    buffers.length + " buffers in one message, at most " + MAX_BUFFERS + " fit");
        }
        List<DmaBufFd> descriptors = new ArrayList<>();
        try {
            for (DmaBuf buffer : buffers) {
                descriptors.add(buffer.exportFd());
            }
            socket.send(payload, descriptors);
        } finally {
            descriptors.forEach(DmaBufFd::close);
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public Message receive(Duration timeout) {
        checkOpen();
        FdSocket.Message arrived;
        try {
            arrived = socket.receive(timeout)
                    .orElseThrow(() -> HeapException.of(
                                    ErrorCode.TIMED_OUT, "nothing arrived within " + timeout.toMillis() + " ms")
                            .operation("recvmsg")
                            .hint("Check that the other process sends, or give it more time")
                            .build());
        } finally {
            Reference.reachabilityFence(this);
        }
        List<DmaBuf> buffers = new ArrayList<>();
        try {
            for (DmaBufFd descriptor : arrived.descriptors()) {
                buffers.add(importer.apply(descriptor.number()));
            }
            return new Message(new String(arrived.payload(), StandardCharsets.UTF_8), buffers);
        } catch (RuntimeException | Error e) {
            buffers.forEach(DmaBuf::close);
            throw e;
        } finally {
            arrived.descriptors().forEach(DmaBufFd::close);
        }
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("this socket is closed");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            held.end();
            Reference.reachabilityFence(this);
        }
    }
}
