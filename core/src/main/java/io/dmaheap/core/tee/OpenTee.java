package io.dmaheap.core.tee;

import io.dmaheap.DmaBuf;
import io.dmaheap.core.buffer.Buffers;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.life.Tally;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

/** A connection in the hands of a caller. Sessions and shared memory hold references to it. */
public final class OpenTee extends TeeHandle<TeeConnection> implements Tee {
    private final Buffers buffers;
    private final Counted<TeeConnection> connection;
    private final Surroundings surroundings;

    private OpenTee(Counted<TeeConnection> connection, Buffers buffers, Surroundings surroundings) {
        super("connection to " + connection.object.info().name(), connection, surroundings);
        this.connection = connection;
        this.buffers = buffers;
        this.surroundings = surroundings;
    }

    /**
     * Connects.
     *
     * @param platformUse held until the connection ends
     * @param objects counts what is open
     */
    public static Tee open(PlatformTee tee, Buffers buffers, PlatformUse platformUse, Tally objects) {
        TeeConnection connection = platformUse.retainFor(tee::open);
        var counted = new Counted<>(connection, () -> {
            try {
                connection.close();
            } finally {
                platformUse.release();
            }
        });
        return new OpenTee(counted, buffers, new Surroundings(buffers.leaks(), objects));
    }

    @Override
    public TeeInfo info() {
        return object().info();
    }

    @Override
    public TeeSession openSession(UUID application, TeeLogin login, TeeOperation operation) {
        Objects.requireNonNull(application, "application");
        Objects.requireNonNull(login, "login");
        TeeConnection open = enter();
        try (var passed = PassedOperation.of(operation, connection)) {
            TeeSession session = open.openSession(application, login, passed.operation());
            // From here on the reference that was taken above belongs to the session.
            return new SessionHandle(session, connection, surroundings);
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }

    @Override
    public TeeMemory allocate(long size) {
        return shared("shared memory", () -> {}, open -> open.allocate(size));
    }

    @Override
    public TeeMemory register(MemorySegment segment) {
        Objects.requireNonNull(segment, "segment");
        return shared("registered memory", () -> {}, open -> open.register(segment));
    }

    @Override
    public TeeMemory register(DmaBuf buffer) {
        var pin = buffers.pin(buffer);
        try {
            return shared("registered buffer", pin::close, open -> open.register(pin.memory()));
        } catch (RuntimeException | Error e) {
            pin.close();
            throw e;
        }
    }

    private TeeMemory shared(String what, Runnable end, Function<TeeConnection, TeeMemory> share) {
        TeeConnection open = enter();
        try {
            return new MemoryHandle(what, share.apply(open), connection, end, surroundings);
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }
}
