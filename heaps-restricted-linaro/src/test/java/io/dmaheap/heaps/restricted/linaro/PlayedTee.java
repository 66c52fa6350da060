package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter.MemoryReference;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TEE with one application that overwrites what it is passed, or hangs. No clock is involved: whoever would wait in vain is told at
 * once that the time is over, and how long that would have been is remembered. A session that hung once never answers again.
 */
final class PlayedTee implements PlatformTee {
    private final Consumer<Memory> overwritten;
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Hang> hang = new AtomicReference<>();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile boolean hanging;

    private record Hang(CountDownLatch begun, CountDownLatch timeOver) {}

    /** An application that tells {@code overwritten} what it overwrote. */
    PlayedTee(Consumer<Memory> overwritten) {
        this.overwritten = overwritten;
    }

    void hang(boolean now) {
        hanging = now;
    }

    /** The next command hangs: it opens {@code begun}, and its caller waits until {@code timeOver}. */
    void hangOnce(CountDownLatch begun, CountDownLatch timeOver) {
        hang.set(new Hang(begun, timeOver));
    }

    /** How long callers waited in vain, oldest first. */
    List<Duration> waits() {
        return List.copyOf(waits);
    }

    /** The sessions that are open. */
    int sessions() {
        return sessions.get();
    }

    @Override
    public TeeInfo info() {
        return new TeeInfo("tee0", TeeInfo.Implementation.OPTEE, 1, Set.of(), Openable.YES);
    }

    @Override
    public TeeConnection open() {
        return new Connection();
    }

    private HeapException timedOut(TeeOperation operation) {
        waits.add(operation.limit().orElseThrow(() -> new AssertionError("this would wait for ever")));
        return HeapException.of(ErrorCode.TIMED_OUT, "the application hangs")
                .errno("ETIMEDOUT")
                .build();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private record Shared(long size, Optional<Memory> registered) implements TeeMemory {
        @Override
        public MemorySegment segment() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Connection implements TeeConnection {
        @Override
        public TeeInfo info() {
            return PlayedTee.this.info();
        }

        @Override
        public TeeSession openSession(UUID application, TeeLogin login, TeeOperation operation) {
            sessions.incrementAndGet();
            return new Session(application);
        }

        @Override
        public TeeMemory allocate(long size) {
            return new Shared(size, Optional.empty());
        }

        @Override
        public TeeMemory register(MemorySegment segment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TeeMemory register(Memory memory) {
            return new Shared(memory.size(), Optional.of(memory));
        }

        @Override
        public void close() {}
    }

    private final class Session implements TeeSession {
        private final UUID application;
        private volatile boolean stuck;

        Session(UUID application) {
            this.application = application;
        }

        @Override
        public UUID application() {
            return application;
        }

        @Override
        public TeeReply opening() {
            return TeeReply.of(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP);
        }

        @Override
        public TeeReply invoke(int command, TeeOperation operation) {
            Hang now = hang.getAndSet(null);
            if (now != null) {
                stuck = true;
                now.begun().countDown();
                waitFor(now.timeOver());
            }
            stuck |= hanging;
            if (stuck) {
                throw timedOut(operation);
            }
            var reference = (MemoryReference) operation.parameters().getFirst();
            ((Shared) reference.memory()).registered().ifPresent(overwritten);
            return new TeeReply(
                    TeeResult.SUCCESS,
                    TeeOrigin.TRUSTED_APP,
                    List.of(new TeeOutput.Size(reference.size()), TeeOutput.Nothing.NOTHING));
        }

        @Override
        public void close() {
            sessions.decrementAndGet();
        }
    }
}
