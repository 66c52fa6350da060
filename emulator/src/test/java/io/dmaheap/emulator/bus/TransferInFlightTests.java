package io.dmaheap.emulator.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transfer of which one block is on its way. */
@Timeout(60)
class TransferInFlightTests {
    private static final AddressRange RANGE = new AddressRange(0x10_0000, 4L * Firewall.BLOCK);

    private final Firewall firewall = new Firewall(List.of());
    private final SlowContents contents = new SlowContents();
    private final BusMapping mapping =
            new BusMapping("decoder", ScatterList.of(RANGE), Access.READ_WRITE, firewall, contents);
    private final FutureTask<Void> transfer =
            new FutureTask<>(() -> mapping.write(0, MemorySegment.ofArray(new byte[(int) RANGE.size()])), null);

    /** Bytes whose second block takes until it is let go on. */
    private static final class SlowContents implements Contents {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicBoolean inFlight = new AtomicBoolean();
        private volatile long moved;
        private volatile boolean closed;
        private volatile boolean closedInFlight;

        @Override
        public long size() {
            return RANGE.size();
        }

        @Override
        public void read(long offset, MemorySegment into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(long offset, MemorySegment from) {
            inFlight.set(true);
            if (offset == Firewall.BLOCK) {
                reached.countDown();
                try {
                    assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            moved = offset + from.byteSize();
            inFlight.set(false);
        }

        @Override
        public void close() {
            closedInFlight = inFlight.get();
            closed = true;
        }
    }

    @BeforeEach
    void begin() throws InterruptedException {
        firewall.lend(RANGE, List.of(), List.of());
        firewall.admit(RANGE, AccessList.of("decoder", Access.READ_WRITE));
        Thread.ofVirtual().start(transfer);
        assertThat(contents.reached.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void end() {
        contents.goOn.countDown();
    }

    /** Runs a change on a thread of its own, and comes back when that waits. */
    private static CompletableFuture<Void> changing(Runnable change) {
        var done = new CompletableFuture<Void>();
        Thread thread = Thread.ofPlatform().start(() -> {
            change.run();
            done.complete(null);
        });
        await().until(() -> done.isDone() || thread.getState() == Thread.State.WAITING);
        return done;
    }

    @Test
    void unmappingWaitsForTheBlockAndNoneFollows() throws Exception {
        var unmapped = changing(mapping::close);
        assertThat(unmapped).as("unmapped under the transfer").isNotDone();
        contents.goOn.countDown();
        unmapped.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(contents.closed).isTrue();
        assertThat(contents.closedInFlight).isFalse();
        assertThat(contents.moved).isEqualTo(2L * Firewall.BLOCK);
    }

    @Test
    void aChangeOfTheRulesWaitsForTheBlockAndHoldsForTheNext() throws Exception {
        var closed = changing(() -> firewall.admit(RANGE, AccessList.NOBODY));
        assertThat(closed).as("closed under the transfer").isNotDone();
        contents.goOn.countDown();
        closed.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(HeapException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(ErrorCode.BUS_FAULT);
                    assertThat(fault).hasMessageContaining("decoder may not write 0x1");
                });
        assertThat(contents.moved).isEqualTo(2L * Firewall.BLOCK);
    }

    @Test
    void anotherTransferIsNotHeldUp() throws Exception {
        var other = new BusMapping(
                "camera",
                ScatterList.of(new AddressRange(0, 0x1000)),
                Access.WRITE,
                firewall,
                new MappedContents(new HostPage()));
        other.write(0, MemorySegment.ofArray(new byte[0x1000]));
        other.close();
        contents.goOn.countDown();
        transfer.get(30, TimeUnit.SECONDS);
        assertThat(contents.moved).isEqualTo(RANGE.size());
    }

    private record HostPage() implements io.dmaheap.spi.Mapping {
        @Override
        public MemorySegment segment(java.lang.foreign.Arena scope) {
            return scope.allocate(0x1000);
        }

        @Override
        public void unmap() {}
    }
}
