package io.dmaheap.spi;

import io.dmaheap.BufferSocket.Peer;
import io.dmaheap.DmaBufFd;
import io.dmaheap.PublicApi;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connected Unix socket of a platform, which carries whole messages with file descriptors. Safe for use by several threads: none waits
 * for longer than its own call may because another one sends or receives.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface FdSocket extends AutoCloseable {

    /** Who is at the other end. */
    Peer peer();

    /**
     * Sends one message. The descriptors stay the caller's.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#SYSTEM_ERROR} with {@code EPIPE} if the peer is gone;
     *     {@link io.dmaheap.ErrorCode#TIMED_OUT} after {@link io.dmaheap.BufferSocket#SENDING_LIMIT};
     *     {@link io.dmaheap.ErrorCode#INTERRUPTED}
     */
    void send(byte[] payload, List<DmaBufFd> descriptors);

    /**
     * Receives one message; empty if the time passed first.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#DEVICE_GONE} if the peer closed the connection;
     *     {@link io.dmaheap.ErrorCode#INTERRUPTED}
     */
    Optional<Message> receive(Duration timeout);

    @Override
    void close();

    /**
     * One message.
     *
     * @param payload the sender's bytes
     * @param descriptors owned by the receiver, close-on-exec; closing them does not block, whatever files they are
     */
    @PublicApi(audience = PublicApi.Audience.PLATFORMS)
    record Message(byte[] payload, List<DmaBufFd> descriptors) {}
}
