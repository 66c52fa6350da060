package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeContext;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeSession;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A trusted application that overwrites memory for us, since neither the CPU can nor the kernel does. It is given a reference to the
 * memory, for output, and the value 0, and is to answer when none of the old contents is left.
 *
 * <p>One that did not answer in time is silent until it does: its session is given up, and the next caller opens another and has it
 * overwrite a page of ordinary shared memory first, which costs no buffer if it hangs again.
 *
 * <p>Safe for use by several threads. They take turns, as the TEE runs one call of a session at a time: a thread whose turn has not come
 * has nothing in the TEE, so that a call that hangs costs that one buffer, and the next thread uses the fresh session.
 */
final class Scrubber implements AutoCloseable {
    /** Overwriting takes milliseconds; who takes longer has hung. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How long a silent application is asked for a word: a page takes it microseconds. */
    private static final Duration A_WORD = Duration.ofSeconds(2);

    private final Platform platform;
    private final UUID application;
    private final int command;
    /** Held by the thread that has memory overwritten; taken before the monitor of this. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Guarded by this. */
    private @Nullable Reached reached;
    /** Guarded by this. */
    private boolean silent;
    /** How many times a silent application was asked in vain. Guarded by this. */
    private long unanswered;

    private record Reached(TeeConnection connection, TeeSession session) {}

    private Scrubber(Platform platform, UUID application, int command) {
        this.platform = platform;
        this.application = application;
        this.command = command;
    }

    /**
     * What the operator asked for.
     *
     * @param setting the application's UUID and the number of its command, such as
     *     {@code 045d2922-7f6a-4719-8777-63b1d3e22ddc 0}
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    static Scrubber parse(String setting, Platform platform) {
        String[] words = setting.strip().split("\\s+");
        try {
            if (words.length == 2) {
                return new Scrubber(platform, UUID.fromString(words[0]), Integer.parseUnsignedInt(words[1]));
            }
        } catch (IllegalArgumentException _) {
            // Said below, together with what has too few words or too many.
        }
        throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "no trusted application to scrub with: " + setting)
                .hint("Write its UUID and the number of the command, such as 045d2922-7f6a-4719-8777-63b1d3e22ddc 0")
                .build();
    }

    /**
     * Makes sure that the application answers.
     *
     * @throws HeapException {@link ErrorCode#DEVICE_GONE} if there is no TEE or nobody answers; {@link ErrorCode#TIMED_OUT} if nobody
     *     answers in time; or as {@link TeeConnection#openSession(UUID)}
     */
    synchronized void reach() {
        if (reached == null) {
            TeeConnection connection = tee().open();
            try {
                reached = new Reached(connection, openSession(connection));
            } catch (RuntimeException | Error e) {
                connection.close();
                throw e;
            }
        }
    }

    private TeeSession openSession(TeeConnection connection) {
        Duration limit = silent ? A_WORD : TeeContext.OPENING_LIMIT;
        try {
            TeeSession session = connection.openSession(
                    application, TeeLogin.PUBLIC, TeeOperation.of().within(limit));
            if (silent) {
                hear(connection, session);
                silent = false;
            }
            return session;
        } catch (HeapException e) {
            silent |= e.code() == ErrorCode.TIMED_OUT;
            if (silent) {
                unanswered++;
            }
            throw e;
        }
    }

    /** Has the application say a word on its command, be it a refusal of such memory. */
    private void hear(TeeConnection connection, TeeSession session) {
        try (TeeMemory page = connection.allocate(platform.pageSize())) {
            session.invoke(command, overwriting(page).within(A_WORD));
        } catch (HeapException e) {
            if (e.code() == ErrorCode.DEVICE_GONE || e.teeReply().isEmpty()) {
                session.close();
                throw e;
            }
        }
    }

    private PlatformTee tee() {
        return platform.tees().stream()
                .findFirst()
                .orElseThrow(() -> HeapException.of(ErrorCode.DEVICE_GONE, "there is no TEE to scrub with")
                        .errno("ENODEV")
                        .hint(
                                "Start the TEE's driver, or take plugin.heaps-restricted-linaro.scrub out of the policy file")
                        .build());
    }

    /**
     * Has memory overwritten. An interrupt waits until that is done: it takes milliseconds, and memory that is not overwritten is lost.
     *
     * @throws HeapException if that did not happen, to the last byte
     */
    void scrub(Memory memory) {
        boolean interrupted = Thread.interrupted();
        long before = unanswered();
        turn.lock();
        try {
            requireNotAskedInVainSince(before);
            while (!overwrite(memory)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            turn.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized long unanswered() {
        return unanswered;
    }

    /** Of several threads that wait for a silent application one asks it, for all of them: else the last would wait for all attempts. */
    private synchronized void requireNotAskedInVainSince(long before) {
        if (silent && unanswered != before) {
            throw HeapException.of(
                            ErrorCode.TIMED_OUT, "the trusted application that overwrites memory does not answer")
                    .errno("ETIMEDOUT")
                    .hint("It hangs: see the log of the secure world. It is asked again for the next buffer")
                    .build();
        }
    }

    /** Whether it was done; if not, an interrupt came between. */
    private boolean overwrite(Memory memory) {
        try {
            overwriteOnce(memory);
            return true;
        } catch (HeapException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
                return false;
            }
            throw e;
        }
    }

    private void overwriteOnce(Memory memory) {
        Reached now = current();
        try (TeeMemory shared = now.connection().register(memory)) {
            TeeReply reply = now.session().invoke(command, overwriting(shared).within(LIMIT));
            requireAll(reply, memory.size());
        } catch (HeapException e) {
            switch (e.code()) {
                case DEVICE_GONE -> forget(now, false);
                case TIMED_OUT -> forget(now, true);
                default -> {}
            }
            throw e;
        }
    }

    /** Less than all of it is not overwritten, and more is not what was asked for: then it is unknown what was. */
    private void requireAll(TeeReply reply, long size) {
        long overwritten = reply.size(0);
        if (overwritten != size) {
            throw HeapException.of(
                            ErrorCode.TEE_FAILED,
                            "the trusted application overwrote %d bytes of %d".formatted(overwritten, size))
                    .operation("scrub")
                    .teeReply(reply)
                    .hint("Correct command " + command + " of " + application
                            + ": it is to overwrite all of its first parameter, and to leave its size alone")
                    .build();
        }
    }

    private static TeeOperation overwriting(TeeMemory memory) {
        return TeeOperation.of(memory.out(), TeeParameter.valueIn(0, 0));
    }

    private synchronized Reached current() {
        reach();
        return Objects.requireNonNull(reached);
    }

    /** A session whose application died or hangs answers nothing any more; the next scrub opens another. */
    private synchronized void forget(Reached dead, boolean hangs) {
        if (reached == dead) {
            silent = hangs;
            close();
        }
    }

    @Override
    public synchronized void close() {
        if (reached != null) {
            reached.session().close();
            reached.connection().close();
            reached = null;
        }
    }
}
