package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A session with an application of the board. One call at a time, as in OP-TEE. */
final class EmulatedSession implements TeeSession {
    private static final String INVOKE = "TEE_IOC_INVOKE";

    private final EmulatedConnection connection;
    private final LoadedApplication application;
    private final TrustedApplication.Session session;
    private final TeeReply opening;
    private final ReentrantLock line = new ReentrantLock();
    private final Condition moved = line.newCondition();
    /** Whether a call runs. Guarded by the line. */
    private boolean running;
    /** The owner and the calls that are not over. Guarded by this. */
    private int users = 1;
    /** Guarded by this. */
    private boolean closed;

    private volatile boolean panicked;

    EmulatedSession(
            EmulatedConnection connection,
            LoadedApplication application,
            TrustedApplication.Session session,
            TeeReply opening) {
        this.connection = connection;
        this.application = application;
        this.session = session;
        this.opening = opening;
    }

    @Override
    public UUID application() {
        return application.code().uuid();
    }

    @Override
    public TeeReply opening() {
        return opening;
    }

    @Override
    public TeeReply invoke(int command, TeeOperation operation) {
        String what = "command " + command + " of " + application();
        var call = new Call(connection, application.code().isForSecureData(), operation);
        return call.run(what, () -> answer(command, call), _ -> {}, this::move).orThrow(what + " failed", INVOKE);
    }

    /** Runs the command when it is its turn; whoever called may have given up by the time it is over. */
    private TeeReply answer(int command, Call call) {
        enter();
        try {
            if (!begin(call)) {
                return TeeReply.of(TeeResult.CANCEL, TeeOrigin.API);
            }
            try {
                return answerNow(command, call);
            } finally {
                finish();
            }
        } finally {
            leave();
        }
    }

    private boolean begin(Call call) {
        line.lock();
        try {
            while (running && !call.isStopped()) {
                moved.awaitUninterruptibly();
            }
            if (!call.isStopped()) {
                running = true;
                return true;
            }
            return false;
        } finally {
            line.unlock();
        }
    }

    private void finish() {
        line.lock();
        try {
            running = false;
            moved.signalAll();
        } finally {
            line.unlock();
        }
    }

    private void move() {
        line.lock();
        try {
            moved.signalAll();
        } finally {
            line.unlock();
        }
    }

    private TeeReply answerNow(int command, Call call) {
        try {
            if (isDead()) {
                return TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE);
            }
            TeeResult result = connection
                    .tee()
                    .world()
                    .interposer(application())
                    .map(before -> before.invoke(command, call.parameters(), session))
                    .orElseGet(() -> session.invoke(command, call.parameters()));
            if (isDead()) {
                return TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE);
            }
            return new TeeReply(result, TeeOrigin.TRUSTED_APP, call.outputs(result));
        } catch (RuntimeException | Error e) {
            panicked = true;
            application.panic(e);
            return TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE);
        }
    }

    private boolean isDead() {
        return panicked || application.hasPanicked() || connection.tee().world().isDead();
    }

    private synchronized void enter() {
        if (closed) {
            throw new IllegalStateException("this session is closed");
        }
        users++;
    }

    private void leave() {
        boolean last;
        synchronized (this) {
            users--;
            last = users == 0;
        }
        if (last) {
            end();
        }
    }

    private void end() {
        try {
            session.close();
        } catch (RuntimeException | Error e) {
            application.panic(e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        leave();
    }

    @Override
    public String toString() {
        return "session with " + application();
    }
}
