package io.dmaheap.core.tee;

import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeSession;
import java.util.UUID;

/** A session in the hands of a caller. */
final class SessionHandle extends TeeHandle<TeeSession> implements TeeSession {
    private final Counted<TeeConnection> connection;

    /** Owns a reference to the connection. */
    SessionHandle(TeeSession session, Counted<TeeConnection> connection, Surroundings surroundings) {
        super(
                "session with " + session.application(),
                new Counted<>(session, () -> {
                    try {
                        session.close();
                    } finally {
                        connection.release();
                    }
                }),
                surroundings);
        this.connection = connection;
    }

    @Override
    public UUID application() {
        return object().application();
    }

    @Override
    public TeeReply opening() {
        return object().opening();
    }

    @Override
    public TeeReply invoke(int command, TeeOperation operation) {
        TeeSession session = enter();
        try (var passed = PassedOperation.of(operation, connection)) {
            return session.invoke(command, passed.operation());
        } finally {
            leave();
        }
    }
}
