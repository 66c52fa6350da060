package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * A trusted application: that of {@code vm/board/ta}, or one with the same commands.
 *
 * @param tee how it is reached
 * @param session with it
 * @param abandoned opens when no command uses memory any more that was closed under it
 */
record TrustedInsider(Tee tee, TeeSession session, Queue<CountDownLatch> abandoned) implements Insider {
    /** The one of {@code vm/board/ta}. */
    static final UUID APPLICATION = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private static final int FILL = 0;
    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int INJECT = 4;
    private static final int TRANSFORM = 5;
    private static final int SHA256 = 6;
    private static final int PASS = 8;

    private static final int DIGEST = 32;

    /** Opens a session; the connection ends with this. */
    static TrustedInsider open(Tee tee, UUID application) {
        try {
            return new TrustedInsider(tee, tee.openSession(application), new ConcurrentLinkedQueue<>());
        } catch (RuntimeException | Error e) {
            tee.close();
            throw e;
        }
    }

    @Override
    public Registered take(DmaBuf buffer) {
        return new Registered(this, tee.register(buffer));
    }

    /** What the application is told of memory: whether it is secure, and whether it is normal. */
    boolean[] where(TeeMemory memory) {
        var answer = session.invoke(WHERE, memory.in(), TeeParameter.valueOut()).value(1);
        return new boolean[] {answer.a() == 1, answer.b() == 1};
    }

    void inject(TeeParameter.MemoryReference to, TeeParameter.MemoryReference from) {
        session.invoke(INJECT, to, from);
    }

    @Override
    public void settle() {
        for (CountDownLatch unused = abandoned.poll(); unused != null; unused = abandoned.poll()) {
            Patience.await(unused);
        }
    }

    /** Runs a command for so long, and closes the buffer under it. */
    private void abandon(int command, TeeMemory buffer, Duration patience, TeeParameter... parameters) {
        try {
            session.invoke(command, TeeOperation.of(parameters).within(patience));
        } catch (HeapException e) {
            if (e.code() != ErrorCode.TIMED_OUT) {
                throw e;
            }
        } finally {
            closeWhenUnused(buffer);
        }
    }

    private void closeWhenUnused(TeeMemory memory) {
        var unused = new CountDownLatch(1);
        abandoned.add(unused);
        memory.close(unused::countDown);
    }

    @Override
    public void close() {
        session.close();
        tee.close();
    }

    /**
     * A buffer that is registered.
     *
     * @param insider whose
     * @param memory what applications are passed of it
     */
    record Registered(TrustedInsider insider, TeeMemory memory) implements Workpiece {
        private TeeSession session() {
            return insider.session();
        }

        @Override
        public long size() {
            return memory.size();
        }

        @Override
        public void inject(long offset, byte[] contents) {
            var to = memory.out(offset, contents.length);
            try (TeeMemory normal = insider.tee().allocate(contents.length)) {
                MemorySegment.copy(contents, 0, normal.segment(), ValueLayout.JAVA_BYTE, 0, contents.length);
                insider.inject(to, normal.in(0, contents.length));
            }
        }

        @Override
        public byte[] dump(long offset, int size) {
            var from = memory.in(offset, size);
            try (TeeMemory normal = insider.tee().allocate(size)) {
                normal.segment().fill((byte) 0);
                var reply = session().invoke(COPY, from, normal.out(0, size));
                assertThat(reply.size(1)).isEqualTo(size);
                return normal.segment().asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        @Override
        public void transform(long offset, int size) {
            session().invoke(TRANSFORM, memory.inOut(offset, size));
        }

        @Override
        public void pass(long offset, int size) {
            session().invoke(PASS, memory.inOut(offset, size));
        }

        @Override
        public byte[] sha256(long offset, int size) {
            var from = memory.in(offset, size);
            try (TeeMemory normal = insider.tee().allocate(DIGEST)) {
                session().invoke(SHA256, from, normal.out(0, DIGEST));
                return normal.segment().asSlice(0, DIGEST).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        @Override
        public void copyTo(Workpiece target, int size) {
            session()
                    .invoke(
                            COPY,
                            memory.in(0, size),
                            ((Registered) target).memory().out(0, size));
        }

        @Override
        public void fill(long offset, int size, int first) {
            session().invoke(FILL, memory.out(offset, size), TeeParameter.valueIn(first, 0));
        }

        @Override
        public long sum(long offset, int size) {
            return session()
                    .invoke(SUM, memory.in(offset, size), TeeParameter.valueOut())
                    .value(1)
                    .a();
        }

        @Override
        public void abandonFill(int first, Duration patience) {
            insider.abandon(FILL, memory, patience, memory.out(), TeeParameter.valueIn(first, 0));
        }

        @Override
        public Supplier<byte[]> abandonDump(Duration patience) {
            TeeMemory normal = insider.tee().allocate(size());
            normal.segment().fill((byte) 0);
            insider.abandon(COPY, memory, patience, memory.in(), normal.out(0, size()));
            return () -> {
                try (normal) {
                    return normal.segment().asSlice(0, size()).toArray(ValueLayout.JAVA_BYTE);
                }
            };
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
