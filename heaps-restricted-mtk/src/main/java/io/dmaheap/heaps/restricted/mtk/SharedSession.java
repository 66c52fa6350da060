package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo.Implementation;
import io.dmaheap.tee.TeeSession;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The session with the application that owns MediaTek's secure memory. The heaps share it, as they share the application's numbering of
 * buffers: when one heap finds that the application has died, the handles that the others hold are void from then on, before a new
 * instance can give the same numbers to other buffers.
 *
 * <p>The connection is made by the first allocation, since the TEE's driver may come up later than the heap, and made anew after the TEE
 * was gone: what failed leaves nothing behind that a later attempt could take for a connection.
 *
 * <p>Safe for use by several threads.
 */
final class SharedSession {
    private static final UUID APPLICATION = UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");

    private final Platform platform;
    /** Changed under the monitor; read without it, since a listing must not wait for a connection. */
    private volatile @Nullable Opened current;
    /** The heaps that have not ended. Guarded by this. */
    private int heaps;

    /**
     * A session that is open, or was.
     *
     * @param connection its connection
     * @param session for commands
     */
    record Opened(TeeConnection connection, TeeSession session) {
        private void close() {
            session.close();
            connection.close();
        }
    }

    /** Not connected yet. */
    SharedSession(Platform platform) {
        this.platform = platform;
    }

    /** Counts a heap, which {@linkplain #leave() leaves} at its end. */
    synchronized void join() {
        heaps++;
    }

    /** The last heap closes the session. */
    synchronized void leave() {
        heaps--;
        if (heaps == 0) {
            end();
        }
    }

    /**
     * The session, opened unless it is.
     *
     * @param heap for which, in messages
     * @throws HeapException {@link ErrorCode#DEVICE_GONE} ({@code ENODEV}) if there is no OP-TEE now; else what the TEE says
     */
    synchronized Opened connect(String heap) {
        Opened open = current;
        if (open == null) {
            TeeConnection connection = tee(heap).open();
            try {
                open = new Opened(connection, connection.openSession(APPLICATION));
            } catch (RuntimeException | Error e) {
                connection.close();
                throw e;
            }
            current = open;
        }
        return open;
    }

    private PlatformTee tee(String heap) {
        return platform.tees().stream()
                .filter(tee -> tee.info().implementation() == Implementation.OPTEE)
                .findFirst()
                .orElseThrow(
                        () -> HeapException.of(ErrorCode.DEVICE_GONE, "there is no OP-TEE to ask for secure memory")
                                .heap(heap)
                                .operation("init")
                                .errno("ENODEV")
                                .hint("Its driver may come up later: try again, or see `dmaheap doctor`")
                                .build());
    }

    /** Whether the application still answers in this session, as far as any heap has found. */
    boolean isCurrent(Opened session) {
        Opened now = current;
        return now != null && now.session() == session.session();
    }

    /** Closes a session whose application or TEE died. */
    synchronized void forget(Opened dead) {
        if (isCurrent(dead)) {
            end();
        }
    }

    private void end() {
        Opened open = current;
        current = null;
        if (open != null) {
            open.close();
        }
    }
}
