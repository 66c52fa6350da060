package io.dmaheap.core.fake;

import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A TEE whose only application does what a test says, and which notices what is used after its end or ended twice. */
public final class FakeTee implements PlatformTee {
    /** Connections, sessions and shared memory that nobody has closed. */
    public final AtomicInteger open = new AtomicInteger();

    private final FakePlatform platform;
    private volatile Function<TeeOperation, TeeReply> application =
            operation -> TeeReply.of(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP);

    /** What wants to know when memory is unused, while calls use all of it. */
    private final Queue<Runnable> unused = new ConcurrentLinkedQueue<>();

    private volatile boolean busy;

    FakeTee(FakePlatform platform) {
        this.platform = platform;
    }

    /** What the application answers from now on. */
    public void answer(Function<TeeOperation, TeeReply> answers) {
        application = answers;
    }

    /** All shared memory is used by calls that were given up, until this is called again. */
    public void busy(boolean now) {
        busy = now;
        if (!now) {
            unused.forEach(Runnable::run);
            unused.clear();
        }
    }

    @Override
    public TeeInfo info() {
        return new TeeInfo("tee0", TeeInfo.Implementation.OPTEE, 1, Set.of(), Openable.YES);
    }

    @Override
    public TeeConnection open() {
        platform.faults.hit("openTee");
        return new Connection();
    }

    private abstract class Opened implements AutoCloseable {
        private final String what;
        private boolean closed;

        Opened(String what) {
            this.what = what;
            open.incrementAndGet();
        }

        synchronized void used() {
            if (closed) {
                platform.violations.add("used " + what + " after its end");
            }
        }

        @Override
        public synchronized void close() {
            used();
            closed = true;
            platform.faults.hit("close " + what);
            open.decrementAndGet();
        }
    }

    private final class Connection extends Opened implements TeeConnection {
        Connection() {
            super("connection");
        }

        @Override
        public TeeInfo info() {
            return FakeTee.this.info();
        }

        @Override
        public TeeSession openSession(UUID uuid, TeeLogin login, TeeOperation operation) {
            used();
            platform.faults.hit("openSession");
            return new Session(this, uuid);
        }

        @Override
        public TeeMemory allocate(long size) {
            used();
            platform.faults.hit("teeAllocate");
            return new Shared(this, Arena.ofAuto().allocate(size));
        }

        @Override
        public TeeMemory register(MemorySegment segment) {
            used();
            platform.faults.hit("teeRegister");
            return new Shared(this, segment);
        }

        @Override
        public TeeMemory register(Memory memory) {
            used();
            platform.faults.hit("teeRegister");
            return new Shared(this, Arena.ofAuto().allocate(memory.size()));
        }
    }

    private final class Session extends Opened implements TeeSession {
        private final Connection connection;
        private final UUID uuid;

        Session(Connection connection, UUID uuid) {
            super("session");
            this.connection = connection;
            this.uuid = uuid;
        }

        @Override
        public UUID application() {
            return uuid;
        }

        @Override
        public TeeReply opening() {
            return TeeReply.of(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP);
        }

        @Override
        public TeeReply invoke(int command, TeeOperation operation) {
            connection.used();
            used();
            try {
                return application.apply(operation).orThrow("command " + command + " failed", "invoke");
            } finally {
                used();
            }
        }
    }

    private final class Shared extends Opened implements TeeMemory {
        private final Connection connection;
        private final MemorySegment segment;

        Shared(Connection connection, MemorySegment segment) {
            super("memory");
            this.connection = connection;
            this.segment = segment;
        }

        @Override
        public long size() {
            return segment.byteSize();
        }

        @Override
        public void close(Runnable ended) {
            close();
            if (busy) {
                unused.add(ended);
            } else {
                ended.run();
            }
        }

        @Override
        public MemorySegment segment() {
            connection.used();
            used();
            return segment;
        }
    }
}
