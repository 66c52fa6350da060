package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeInfo.Implementation;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeOutput.Nothing;
import io.dmaheap.tee.TeeParameter.Value;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A platform with a TEE and nothing else, and in that the memory application and nothing else.
 *
 * @param protocol what is told to it
 * @param apart in how many parts it protects the region
 */
record WatchedTee(LendingProtocol protocol, int apart) implements Platform, PlatformTee, TeeConnection {
    private static final int ZALLOC = 0x10000;
    private static final int FREE = 0x10001;
    private static final int GET_REGION_NUM = 0x10003;

    @Override
    public String name() {
        return "watched";
    }

    @Override
    public long availableMemory() {
        return Long.MAX_VALUE;
    }

    @Override
    public List<PlatformTee> tees() {
        return List.of(this);
    }

    @Override
    public TeeInfo info() {
        return new TeeInfo("tee0", Implementation.OPTEE, 1, Set.of(), Openable.YES);
    }

    @Override
    public TeeConnection open() {
        return this;
    }

    @Override
    public TeeSession openSession(UUID application, TeeLogin login, TeeOperation operation) {
        protocol.connect();
        return new Session(this, application);
    }

    @Override
    public TeeMemory allocate(long size) {
        throw new AssertionError("no buffer is in several pieces here");
    }

    @Override
    public TeeMemory register(MemorySegment segment) {
        throw new AssertionError("nothing is shared here");
    }

    @Override
    public TeeMemory register(Memory memory) {
        throw new AssertionError("nothing is shared here");
    }

    @Override
    public void close() {}

    private record Session(WatchedTee tee, UUID application) implements TeeSession {
        @Override
        public TeeReply opening() {
            return TeeReply.of(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP);
        }

        @Override
        public TeeReply invoke(int command, TeeOperation operation) {
            return switch (command) {
                case ZALLOC ->
                    allocate(value(operation, 0).a(), value(operation, 2).b());
                case FREE -> free(value(operation, 0).a());
                case GET_REGION_NUM -> reply(new TeeOutput.Value(tee.apart(), 0));
                default -> throw new AssertionError("no command of the protocol: " + command);
            };
        }

        private static Value value(TeeOperation operation, int index) {
            return (Value) operation.parameters().get(index);
        }

        /** The handle tells where the buffer is and how large. */
        private TeeReply allocate(long size, long lent) {
            int count = WatchedRegion.parts(size);
            int first = tee.protocol().give(count, WatchedRegion.parts(lent));
            if (first < 0) {
                return TeeReply.of(TeeResult.OUT_OF_MEMORY, TeeOrigin.TRUSTED_APP)
                        .orThrow("no room", "ZALLOC");
            }
            return reply(
                    Nothing.NOTHING,
                    Nothing.NOTHING,
                    new TeeOutput.Value(1, WatchedRegion.BASE + first * LendingProtocol.PART),
                    new TeeOutput.Value(first * 8L + count, 0));
        }

        private TeeReply free(long handle) {
            tee.protocol().giveBack((int) handle / 8, (int) handle % 8);
            return reply(Nothing.NOTHING, new TeeOutput.Value(0, 0));
        }

        private static TeeReply reply(TeeOutput... outputs) {
            return new TeeReply(TeeResult.SUCCESS, TeeOrigin.TRUSTED_APP, List.of(outputs));
        }

        @Override
        public void close() {}
    }
}
