package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.device;
import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that the normal world lends, what protects it then, and how it comes back. */
@ExtendWith(NoLeaks.class)
class LentMemoryTests {
    private static final int MIB = 1 << 20;
    private static final VarHandle BYTES = ValueLayout.JAVA_BYTE.varHandle();
    private static final AccessList GPU = AccessList.of("gpu", Access.READ_WRITE);

    private final Emulator emulator = Emulator.standard();
    private final Platform board = emulator.open(Map.of());
    private final MemoryRegion region = region(board, "protected@66000000");
    private final MemoryFirewall firewall = board.firewall().orElseThrow();

    @AfterEach
    void close() {
        board.close();
    }

    private static void assertFails(ErrorCode code, String errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(HeapException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.errno()).contains(errno);
        });
    }

    private void write(String device, Memory memory, long offset, String text) {
        try (var mapping = device(board, device).map(memory, Access.WRITE)) {
            mapping.write(offset, MemorySegment.ofArray(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        }
    }

    private String read(String device, Memory memory, long offset, int length) {
        byte[] bytes = new byte[length];
        try (var mapping = device(board, device).map(memory, Access.READ)) {
            mapping.read(offset, MemorySegment.ofArray(bytes));
        }
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Test
    void lentPagesAreOutOfReachUntilSomebodyIsLetIn() {
        LentRange lent = region.lend(MIB, 2 * MIB);
        assertThat(lent.range()).isEqualTo(new PhysicalRange(0x6610_0000L, 2 * MIB));
        var memory = region.take(List.of(lent.range()), AllocationRequest.of(2 * MIB));
        assertThat(memory.accessList()).contains(AccessList.NOBODY);
        assertThat(device(board, "gpu").canAccess(memory, Access.READ)).isEqualTo(Answer.NO);

        firewall.restrict(lent.range(), GPU);
        assertThat(memory.accessList()).contains(GPU);
        assertThat(device(board, "gpu").canAccess(memory, Access.READ_WRITE)).isEqualTo(Answer.YES);
        assertThat(device(board, "decoder").canAccess(memory, Access.READ)).isEqualTo(Answer.NO);
        assertThat(device(board, "cpu").canAccess(memory, Access.READ)).isEqualTo(Answer.NO);
        assertFails(
                ErrorCode.ACCESS_DENIED,
                "EACCES",
                () -> device(board, "decoder").attach(memory));

        memory.release();
        firewall.unrestrict(lent.range());
        lent.reclaim();
        lent.reclaim();
        region.take(MIB, AllocationRequest.of(MIB)).release();
    }

    private byte[] atTheBus(String device, long address, int length) {
        byte[] bytes = new byte[length];
        device(board, device).busRead(address, MemorySegment.ofArray(bytes));
        return bytes;
    }

    private void assertBusFault(String device, String verb, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(HeapException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.BUS_FAULT);
            assertThat(refusal).hasMessageContaining("bus fault: " + device + " may not " + verb);
        });
    }

    @Test
    void theBusItselfStopsADeviceThatNobodyGaveTheAddress() {
        LentRange lent = region.lend(0, MIB);
        long address = lent.range().base();
        firewall.restrict(lent.range(), GPU);
        var memory = region.take(List.of(lent.range()), AllocationRequest.of(MIB));
        write("gpu", memory, 0, "secret");

        assertThat(atTheBus("gpu", address, 6)).asString().isEqualTo("secret");
        for (String other : List.of("cpu", "decoder", "display", "tee")) {
            assertBusFault(other, "read", () -> atTheBus(other, address, 6));
            assertBusFault(
                    other, "write", () -> device(board, other).busWrite(address, MemorySegment.ofArray(new byte[6])));
        }
        assertThat(read("gpu", memory, 0, 6)).as("nothing was written").isEqualTo("secret");
        memory.release();
        assertThat(atTheBus("gpu", address, 6))
                .asString()
                .as("kept until it is cleared")
                .isEqualTo("secret");

        firewall.unrestrict(lent.range());
        assertBusFault("gpu", "read", () -> atTheBus("gpu", address, 6));
        lent.reclaim();
        assertThat(atTheBus("cpu", address, MIB)).as("the normal world's again").containsOnly(0);
    }

    private static final int MANY_BLOCKS = 64 * Firewall.BLOCK;
    private static final int ROUNDS = 200;

    private void restrict(LentRange lent, String device) {
        firewall.restrict(lent.range(), AccessList.of(device, Access.READ_WRITE));
    }

    /** Ends what one device may do while it does it, clears the memory, and gives it to another device. */
    private void passOn(LentRange lent, String device) {
        firewall.unrestrict(lent.range());
        restrict(lent, device);
    }

    private static MemorySegment filled(int value) {
        return MemorySegment.ofArray(new byte[MANY_BLOCKS]).fill((byte) value);
    }

    private static long indexOf(byte value, MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) == value) {
                return at;
            }
        }
        return -1;
    }

    private static void awaitBegin(BooleanSupplier begun, Future<?> transfer) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!begun.getAsBoolean() && !transfer.isDone()) {
            if (System.nanoTime() - limit > 0) {
                throw new AssertionError("the transfer has not begun");
            }
        }
    }

    /** Whether the transfer was stopped on its way. */
    private static boolean isStopped(Future<?> transfer) throws InterruptedException, TimeoutException {
        try {
            transfer.get(30, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOfSatisfying(HeapException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(ErrorCode.BUS_FAULT);
                assertThat(refusal).hasMessageContaining("bus fault: gpu may not");
            });
            return true;
        }
    }

    /** Whether a change comes in the middle of a transfer is a matter of time: it is tried until it does. */
    @Test
    @Timeout(120)
    void eachBlockOfAWriteAtTheBusIsJudgedByTheRulesOfItsMoment() throws Exception {
        LentRange lent = region.lend(0, MANY_BLOCKS);
        long address = lent.range().base();
        boolean stopped = false;
        try (var pool = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < ROUNDS && !stopped; round++) {
                restrict(lent, "gpu");
                Future<?> transfer = pool.submit(() -> device(board, "gpu").busWrite(address, filled(1)));
                awaitBegin(() -> atTheBus("gpu", address, 1)[0] == 1, transfer);
                passOn(lent, "display");
                stopped = isStopped(transfer);

                var left = MemorySegment.ofArray(atTheBus("display", address, MANY_BLOCKS));
                assertThat(left.mismatch(filled(0)))
                        .as("first byte that the next owner finds")
                        .isEqualTo(-1);
                firewall.unrestrict(lent.range());
            }
        }
        assertThat(stopped).isTrue();
        lent.reclaim();
    }

    @Test
    @Timeout(120)
    void eachBlockOfAReadAtTheBusIsJudgedByTheRulesOfItsMoment() throws Exception {
        LentRange lent = region.lend(0, MANY_BLOCKS);
        long address = lent.range().base();
        boolean stopped = false;
        try (var pool = Executors.newSingleThreadExecutor();
                var arena = Arena.ofShared()) {
            MemorySegment seen = arena.allocate(MANY_BLOCKS);
            for (int round = 0; round < ROUNDS && !stopped; round++) {
                restrict(lent, "gpu");
                device(board, "gpu").busWrite(address, filled(1));
                seen.fill((byte) 0);
                Future<?> transfer = pool.submit(() -> device(board, "gpu").busRead(address, seen));
                awaitBegin(() -> (byte) BYTES.getAcquire(seen, 0L) == 1, transfer);
                passOn(lent, "display");
                device(board, "display").busWrite(address, filled(2));
                stopped = isStopped(transfer);

                assertThat(indexOf((byte) 2, seen))
                        .as("first byte of the next owner's")
                        .isEqualTo(-1);
                firewall.unrestrict(lent.range());
            }
        }
        assertThat(stopped).isTrue();
        lent.reclaim();
    }

    @Test
    void whatWasNotClearedTheNormalWorldFindsAtTheBus() {
        long address = region.base();
        device(board, "gpu").busWrite(address, MemorySegment.ofArray(new byte[] {7}));
        assertThat(atTheBus("cpu", address, 1)).containsExactly(7);
    }

    @Test
    void memoryOfTheCpuIsNotFoundByAddress() {
        var memory = region.take(0, AllocationRequest.of(MIB));
        assertFails(ErrorCode.UNSUPPORTED, "EOPNOTSUPP", () -> atTheBus("cpu", region.base(), 1));
        assertFails(ErrorCode.UNSUPPORTED, "EOPNOTSUPP", () -> atTheBus("cpu", 0x4000_0000L, 1));
        memory.release();
        assertThat(atTheBus("cpu", region.base(), 1)).containsExactly(0);
        assertBusFault("cpu", "read", () -> atTheBus("cpu", 0x1000, 1));
        assertBusFault("cpu", "read", () -> atTheBus("cpu", Long.MAX_VALUE - 1, 1));
        assertBusFault("cpu", "read", () -> atTheBus("cpu", Long.MAX_VALUE - 1, 2));
        assertBusFault("cpu", "read", () -> atTheBus("cpu", Long.MAX_VALUE, 4096));
        assertBusFault("cpu", "read", () -> atTheBus("cpu", -1, 1));
        assertThat(atTheBus("cpu", 0, 0)).isEmpty();
    }

    @Test
    void theCpuHasNoWayIntoProtectedMemoryAndItsDescriptorIsAToken() {
        LentRange lent = region.lend(0, MIB);
        var memory =
                region.take(List.of(lent.range()), AllocationRequest.of(MIB).withName("scratch"));
        assertThatThrownBy(() -> memory.map(Access.READ))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
        assertThat(memory.info().descriptor()).isEqualTo(Descriptor.TOKEN);
        assertThat(memory.info().inode())
                .as("no descriptor before one is asked for")
                .isZero();
        memory.exportFd().close();
        assertThat(memory.info().inode()).isNotZero();
        assertThat(memory.info().name()).contains("scratch");
        memory.release();
        lent.reclaim();
    }

    @Test
    void pagesLentCannotBeTakenByTheCpuAndPagesOfTheCpuCannotBeLent() {
        LentRange lent = region.lend(0, MIB);
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.take(MIB - 4096, AllocationRequest.of(8192)));
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.lend(MIB - 4096, 8192));
        lent.reclaim();

        var memory = region.take(0, AllocationRequest.of(MIB));
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.lend(0, 2 * MIB));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        region.take(List.of(new PhysicalRange(region.base() + MIB, 4096)), AllocationRequest.of(4096)))
                .withMessageContaining("for the CPU to use");
        memory.release();
        region.lend(0, 2 * MIB).reclaim();
    }

    @Test
    void aRegionThatTheCpuNeverHadCannotBeLent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> region(board, "sdp@52000000").lend(0, MIB));
    }

    @Test
    void whatIsInUseOrStillProtectedIsNotTakenBack() {
        LentRange lent = region.lend(0, MIB);
        var memory = region.take(List.of(new PhysicalRange(region.base(), 4096)), AllocationRequest.of(4096));
        assertFails(ErrorCode.SYSTEM_ERROR, "EBUSY", lent::reclaim);
        memory.release();
        firewall.restrict(lent.range(), GPU);
        assertFails(ErrorCode.SYSTEM_ERROR, "EBUSY", lent::reclaim);
        assertThat(device(board, "camera").canAccess(memory, Access.READ)).isEqualTo(Answer.NO);
        firewall.unrestrict(lent.range());
        lent.reclaim();
    }

    @Test
    void theFirewallProtectsOnlyWhatWasLentAndOnlyOnce() {
        LentRange lent = region.lend(0, MIB);
        var half = new PhysicalRange(region.base(), MIB / 2);
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.restrict(half, GPU));
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.unrestrict(lent.range()));
        firewall.restrict(lent.range(), GPU);
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.restrict(lent.range(), GPU));
        firewall.unrestrict(lent.range());
        lent.reclaim();
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.restrict(lent.range(), GPU));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void theNextOwnerOfSecureMemoryFindsWhatTheLastOneLeft(String backing) {
        try (var other = Emulator.with(Map.of("backing", backing)).open(Map.of())) {
            var carveout = OnBoard.region(other, "sdp@52000000");
            var tee = other.devices().getLast();
            var first = carveout.take(MIB, AllocationRequest.of(MIB));
            try (var mapping = tee.map(first, Access.WRITE)) {
                mapping.write(4096, MemorySegment.ofArray(new byte[] {1, 2, 3}));
            }
            first.release();
            var second = carveout.take(0, AllocationRequest.of(2 * MIB));
            var seen = MemorySegment.ofArray(new byte[4]);
            try (var mapping = tee.map(second, Access.READ)) {
                mapping.read(MIB + 4096, seen);
            }
            assertThat(seen.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3, 0);
            second.release();
        }
    }

    @Test
    void lentMemoryIsClearedByTheSecureSideBeforeItComesBack() {
        for (int round = 0; round < 2; round++) {
            LentRange lent = region.lend(0, MIB);
            firewall.restrict(lent.range(), GPU);
            var memory = region.take(List.of(lent.range()), AllocationRequest.of(MIB));
            assertThat(read("gpu", memory, 300_000, 6)).isEqualTo("\0".repeat(6));
            write("gpu", memory, 300_000, "secret");
            assertThat(read("gpu", memory, 300_000, 6)).isEqualTo("secret");
            memory.release();
            firewall.unrestrict(lent.range());
            lent.reclaim();
        }
    }

    @Test
    void memoryInSeveralPlacesIsOneBuffer() {
        LentRange lent = region.lend(0, 4 * MIB);
        firewall.restrict(lent.range(), GPU);
        long base = region.base();
        var pieces = List.of(
                new PhysicalRange(base + 2 * MIB, 8192),
                new PhysicalRange(base, 4096),
                new PhysicalRange(base + MIB, MIB));
        var memory = region.take(pieces, AllocationRequest.of(MIB + 12288));
        write("gpu", memory, 8190, "across pieces");
        assertThat(read("gpu", memory, 8190, 13)).isEqualTo("across pieces");
        try (var mapping = device(board, "gpu").map(memory, Access.READ)) {
            assertThat(mapping.segments())
                    .extracting(segment -> segment.address())
                    .containsExactly(base + 2 * MIB, base, base + MIB);
        }
        var part = region.take(List.of(new PhysicalRange(base + 3 * MIB, 4096)), AllocationRequest.of(4096));
        assertThatIllegalArgumentException()
                .as("two buffers never share a page, and what was taken of the second is given back")
                .isThrownBy(() -> region.take(
                        List.of(new PhysicalRange(base + 3 * MIB + 4096, 4096), new PhysicalRange(base + MIB, 4096)),
                        AllocationRequest.of(8192)));
        part.release();
        memory.release();
        region.take(List.of(lent.range()), AllocationRequest.of(4 * MIB)).release();
        firewall.unrestrict(lent.range());
        lent.reclaim();
    }

    @Test
    void rangesThatAreNotTheSizeOfTheRequestAreRefused() {
        LentRange lent = region.lend(0, MIB);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> region.take(List.of(lent.range()), AllocationRequest.of(4096)));
        lent.reclaim();
    }

    @Test
    void aRefusedRestrictionLeavesThePagesLentAndClosed() {
        LentRange lent = region.lend(0, MIB);
        emulator.faults().fail(FaultPoint.RESTRICT, 1);
        assertFails(ErrorCode.SYSTEM_ERROR, "EINVAL", () -> firewall.restrict(lent.range(), GPU));
        assertThat(region.take(List.of(lent.range()), AllocationRequest.of(MIB)).accessList())
                .contains(AccessList.NOBODY);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNRESTRICT", "SCRUB"})
    void memoryWhoseProtectionDoesNotEndNeverComesBack(FaultPoint point) {
        LentRange lent = region.lend(0, MIB);
        firewall.restrict(lent.range(), GPU);
        emulator.faults().fail(point, 1);
        assertThatThrownBy(() -> firewall.unrestrict(lent.range())).isInstanceOf(HeapException.class);
        assertFails(ErrorCode.SYSTEM_ERROR, "EBUSY", lent::reclaim);
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.take(0, AllocationRequest.of(4096)));
        firewall.unrestrict(lent.range());
        lent.reclaim();
    }

    @Test
    void pagesThatTheNormalWorldCannotTakeBackStayLentAndClosed() {
        LentRange lent = region.lend(0, MIB);
        emulator.faults().fail(FaultPoint.TAKE_BACK, 1);
        assertFails(ErrorCode.SYSTEM_ERROR, "EBUSY", lent::reclaim);
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.take(0, AllocationRequest.of(4096)));
        lent.reclaim();
        region.take(0, AllocationRequest.of(4096)).release();
    }

    @Test
    void aPinnedPageOrAFailedMigrationMakesARangeBusyAndCostsNothingElse() {
        emulator.faults().pin(region.base() + MIB, 4096);
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.lend(0, 2 * MIB));
        emulator.faults().unpin(region.base() + MIB);
        emulator.faults().fail(FaultPoint.MIGRATE, 1);
        assertFails(ErrorCode.OUT_OF_MEMORY, "EBUSY", () -> region.take(0, AllocationRequest.of(4096)));
        region.lend(0, 2 * MIB).reclaim();
    }

    @Test
    void aHostWithoutMemoryGivesThePagesBack() {
        emulator.faults().fail(FaultPoint.HOST_MEMORY, 2);
        assertFails(ErrorCode.OUT_OF_MEMORY, "ENOMEM", () -> region.take(0, AllocationRequest.of(4096)));
        var carveout = region(board, "sdp@52000000");
        assertFails(ErrorCode.OUT_OF_MEMORY, "ENOMEM", () -> carveout.take(0, AllocationRequest.of(4096)));
        region.take(0, AllocationRequest.of(4096)).release();
        carveout.take(0, AllocationRequest.of(4096)).release();
    }

    @Test
    void aTokenOfMemoryThatIsNeverReleasedGoesWithTheMachine() {
        LentRange lent = region.lend(0, MIB);
        region.take(List.of(lent.range()), AllocationRequest.of(MIB)).exportFd().close();
    }
}
