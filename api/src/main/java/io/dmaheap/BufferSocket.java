package io.dmaheap;

import java.time.Duration;
import java.util.List;

/**
 * A connection to another process over which buffers travel as file descriptors ({@code SCM_RIGHTS}, unix(7)).
 *
 * <p>Safe for use by several threads: each message is sent and received whole, and no thread waits for another. A connection outlives the
 * {@link Heaps} it came from, as buffers do, but no longer takes in any.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface BufferSocket extends AutoCloseable {
    /** How long {@link #send} waits for a peer that reads nothing: far longer than a busy peer takes, far shorter than for ever. */
    Duration SENDING_LIMIT = Duration.ofSeconds(30);

    /** Who is at the other end, as the kernel vouches for it ({@code SO_PEERCRED}). */
    Peer peer();

    /**
     * Sends a message with the buffers it speaks of. The buffers stay the sender's too; it may close its handles at once.
     *
     * @param text at most 64 KiB of UTF-8
     * @param buffers at most 253 ({@code SCM_MAX_FD})
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EPIPE} if the peer is gone; {@link ErrorCode#TIMED_OUT} if it
     *     has read too little for {@link #SENDING_LIMIT}; {@link ErrorCode#INTERRUPTED}; as {@link DmaBuf#exportFd()} for each buffer,
     *     such as {@link ErrorCode#TOO_MANY_FILES}. Nothing was sent then
     * @throws IllegalStateException if this connection is closed
     */
    void send(String text, DmaBuf... buffers);

    /**
     * Receives the next message. Of several threads that wait, any one gets it.
     *
     * @throws HeapException {@link ErrorCode#TIMED_OUT}; {@link ErrorCode#INTERRUPTED}; {@link ErrorCode#DEVICE_GONE} if the peer closed the connection;
     *     {@link ErrorCode#NOT_A_DMA_BUF} if it sent other descriptors, and {@link ErrorCode#SYSTEM_ERROR} with {@code EPROTO} if
     *     it does not speak this protocol; {@link ErrorCode#TOO_MANY_FILES}. The descriptors of such a message are closed
     * @throws IllegalStateException if this connection is closed, or the message brings buffers and the heaps are closed
     */
    Message receive(Duration timeout);

    /** Ends the connection. Closing twice is harmless. */
    @Override
    void close();

    /**
     * A process at the other end.
     *
     * @param pid its process id when it connected
     * @param uid its effective user id then
     * @param gid its effective group id then
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    record Peer(int pid, int uid, int gid) {}

    /**
     * What arrived. Closing it closes the buffers.
     *
     * @param text the sender's words
     * @param buffers handles in the order sent
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    record Message(String text, List<DmaBuf> buffers) implements AutoCloseable {
        /** Copies the list. */
        public Message {
            buffers = List.copyOf(buffers);
        }

        @Override
        public void close() {
            buffers.forEach(DmaBuf::close);
        }
    }
}
