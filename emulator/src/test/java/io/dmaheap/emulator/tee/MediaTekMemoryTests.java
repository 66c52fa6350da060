package io.dmaheap.emulator.tee;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The protocol, spoken by hand. */
class MediaTekMemoryTests {
    private static final UUID MEMORY = UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final int ZALLOC = 0x10000;
    private static final int FREE = 0x10001;
    private static final int RETRIEVE_SG = 0x10002;
    private static final int GET_REGION_NUM = 0x10003;
    private static final long STATIC = 1;
    private static final long LENT = 2;
    private static final long MIB = 1 << 20;

    private final Emulator board = Emulator.standard();
    private final Platform platform = board.open(Map.of());
    private final MemoryRegion fixed = region(platform, "restricted-cm@50000000");
    private final MemoryRegion lendable = region(platform, "restricted-cma@60000000");
    private final TeeConnection tee = platform.tees().getFirst().open();
    private final TeeSession memory = tee.openSession(MEMORY);

    @AfterEach
    void switchOff() {
        memory.close();
        tee.close();
        platform.close();
    }

    private TeeReply zalloc(long type, long size, long base, long lent) {
        return zalloc(memory, type, size, base, lent);
    }

    private static TeeReply zalloc(TeeSession session, long type, long size, long base, long lent) {
        return session.invoke(
                ZALLOC,
                TeeParameter.valueIn(size, 4096),
                TeeParameter.valueIn(type, 0),
                TeeParameter.valueInOut(base, lent),
                TeeParameter.valueOut());
    }

    private long handle(long type, long size, long base, long lent) {
        return zalloc(type, size, base, lent).value(3).a();
    }

    private long free(long handle) {
        return free(memory, handle);
    }

    private static long free(TeeSession session, long handle) {
        return session.invoke(FREE, TeeParameter.valueIn(handle, 0), TeeParameter.valueOut())
                .value(1)
                .a();
    }

    private static TeeResult refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(HeapException.class, call)
                .teeReply()
                .orElseThrow()
                .result();
    }

    @Test
    void memoryOfTheSecureWorldsOwnRegionIsOnePiece() {
        TeeReply reply = zalloc(STATIC, 3 * MIB, 0, 0);
        assertThat(reply.value(2).a()).as("pieces").isOne();
        assertThat(reply.value(2).b()).as("address").isEqualTo(fixed.base());
        assertThat(free(reply.value(3).a())).isZero();
        assertThat(refusal(() -> free(reply.value(3).a()))).isEqualTo(TeeResult.ITEM_NOT_FOUND);
    }

    @Test
    void whatDoesNotFitInOnePieceComesInSeveral() {
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            handles.add(handle(STATIC, MIB, 0, 0));
        }
        assertThat(refusal(() -> zalloc(STATIC, 4096, 0, 0))).isEqualTo(TeeResult.OUT_OF_MEMORY);
        free(handles.get(3));
        free(handles.get(10));
        free(handles.get(11));

        TeeReply scattered = zalloc(STATIC, 3 * MIB, 0, 0);
        assertThat(scattered.value(2).a()).isEqualTo(2);
        try (TeeMemory list = tee.allocate(4096)) {
            TeeReply asked = catchThrowableOfType(
                            HeapException.class,
                            () -> memory.invoke(
                                    RETRIEVE_SG,
                                    TeeParameter.valueIn(scattered.value(3).a(), 0),
                                    list.inOut(0, 12)))
                    .teeReply()
                    .orElseThrow();
            assertThat(asked.result()).isEqualTo(TeeResult.SHORT_BUFFER);
            assertThat(asked.size(1)).isEqualTo(24);

            memory.invoke(RETRIEVE_SG, TeeParameter.valueIn(scattered.value(3).a(), 0), list.inOut(0, 24));
            long first = list.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            int firstSize = list.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 8);
            long second = list.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 12);
            int secondSize = list.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 20);
            assertThat(first)
                    .isEqualTo(fixed.base() + 10 * MIB)
                    .isEqualTo(scattered.value(2).b());
            assertThat(firstSize).isEqualTo((int) (2 * MIB));
            assertThat(second).isEqualTo(fixed.base() + 3 * MIB);
            assertThat(secondSize).isEqualTo((int) MIB);
        }
    }

    /** Has the application panic at the next command, whatever it is. */
    private void panic() {
        board.secureWorld().interpose(MEMORY, (command, parameters, behind) -> {
            throw new IllegalStateException("of the test");
        });
        assertThat(refusal(() -> free(0))).isEqualTo(TeeResult.TARGET_DEAD);
        board.secureWorld().withdraw(MEMORY);
    }

    @Test
    void oneThatPanickedForgetsWhatItGaveOutAndNumbersFromTheStartAgain() {
        TeeReply before = zalloc(STATIC, MIB, 0, 0);
        try (TeeSession other = tee.openSession(MEMORY)) {
            panic();
            assertThat(refusal(() -> zalloc(STATIC, MIB, 0, 0))).isEqualTo(TeeResult.TARGET_DEAD);
            assertThat(refusal(() -> zalloc(other, STATIC, MIB, 0, 0))).isEqualTo(TeeResult.TARGET_DEAD);
        }
        try (TeeSession next = tee.openSession(MEMORY)) {
            TeeReply after = zalloc(next, STATIC, MIB, 0, 0);
            assertThat(after.outputs()).isEqualTo(before.outputs());
        }
    }

    @Test
    void whatWasProtectedWhenItPanickedStaysSoAndIsGivenOutAgain() {
        var loan = lendable.lend(0, 4 * MIB);
        handle(LENT, MIB, lendable.base(), 4 * MIB);
        panic();
        assertThatThrownBy(loan::reclaim).hasMessageContaining("still protected");
        try (TeeSession next = tee.openSession(MEMORY)) {
            TeeReply after = zalloc(next, LENT, MIB, lendable.base(), 4 * MIB);
            assertThat(after.value(2).b()).isEqualTo(lendable.base());
            assertThat(free(next, after.value(3).a())).isZero();
        }
        loan.reclaim();
    }

    @Test
    void memoryIsClearedBeforeItIsGivenOut() {
        long size = 64 << 10;
        long address = zalloc(STATIC, size, 0, 0).value(2).b();
        var buffer = fixed.take(List.of(new PhysicalRange(address, size)), AllocationRequest.of(size));
        try (TeeSession video = tee.openSession(VIDEO)) {
            try (TeeMemory frame = tee.register(buffer)) {
                video.invoke(0, frame.out(), TeeParameter.valueIn(1, 0));
                free(1 << 12);
                assertThat(zalloc(STATIC, size, 0, 0).value(2).b()).isEqualTo(address);
                assertThat(video.invoke(1, frame.in(), TeeParameter.valueOut())
                                .value(1)
                                .a())
                        .isZero();
            }
        } finally {
            buffer.release();
        }
    }

    @Test
    void lentPagesAreProtectedAtTheFirstRequestAndLetGoAfterTheLastBuffer() {
        var loan = lendable.lend(0, lendable.size());
        long one = handle(LENT, MIB, lendable.base(), lendable.size());
        long two = handle(LENT, MIB, lendable.base(), lendable.size());
        free(one);
        assertThatThrownBy(loan::reclaim).hasMessageContaining("still protected");
        free(two);
        loan.reclaim();
        assertThat(board.faults().passages(FaultPoint.RESTRICT)).isOne();
        assertThat(board.faults().passages(FaultPoint.SCRUB)).isOne();
    }

    @Test
    void pagesThatWereNotLentAreRefused() {
        assertThat(refusal(() -> zalloc(LENT, MIB, lendable.base(), lendable.size())))
                .isEqualTo(TeeResult.SECURITY);
        assertThat(refusal(() -> zalloc(LENT, MIB, 0x4000_0000, MIB))).isEqualTo(TeeResult.BAD_PARAMETERS);
        assertThat(refusal(() -> zalloc(3, MIB, 0, 0))).isEqualTo(TeeResult.BAD_PARAMETERS);
        assertThat(refusal(() -> zalloc(STATIC, 100, 0, 0))).isEqualTo(TeeResult.BAD_PARAMETERS);
    }

    @Test
    void aRequestThatDoesNotFitProtectsNothing() {
        var loan = lendable.lend(0, 4 * MIB);
        assertThat(refusal(() -> zalloc(LENT, 5 * MIB, lendable.base(), 4 * MIB)))
                .isEqualTo(TeeResult.OUT_OF_MEMORY);
        loan.reclaim();
    }

    @Test
    void loansAddUp() {
        var first = lendable.lend(0, 4 * MIB);
        long small = handle(LENT, 3 * MIB, lendable.base(), 4 * MIB);
        assertThat(refusal(() -> zalloc(LENT, 2 * MIB, lendable.base(), 4 * MIB)))
                .isEqualTo(TeeResult.OUT_OF_MEMORY);
        var second = lendable.lend(4 * MIB, 4 * MIB);
        long large = handle(LENT, 2 * MIB, lendable.base(), 8 * MIB);
        assertThat(free(small)).isZero();
        assertThat(free(large)).isZero();
        first.reclaim();
        second.reclaim();
    }

    @Test
    void aProtectionThatCannotBeEndedFailsTheFreeAndIsTriedAgain() {
        var loan = lendable.lend(0, lendable.size());
        long handle = handle(LENT, MIB, lendable.base(), lendable.size());
        board.faults().fail(FaultPoint.UNRESTRICT, 1);
        assertThat(free(handle)).isNotZero();
        assertThat(refusal(() -> zalloc(LENT, MIB, lendable.base(), lendable.size())))
                .as("nothing is placed there any more")
                .isEqualTo(TeeResult.OUT_OF_MEMORY);
        assertThat(free(handle)).isZero();
        loan.reclaim();
    }

    @Test
    void aProtectionThatIsRefusedLeavesNothingProtected() {
        var loan = lendable.lend(0, lendable.size());
        board.faults().fail(FaultPoint.RESTRICT, 1);
        assertThat(refusal(() -> zalloc(LENT, MIB, lendable.base(), lendable.size())))
                .isEqualTo(TeeResult.SECURITY);
        loan.reclaim();
    }

    @Test
    void theNumberOfPartsIsToldByFirmwareThatKnowsTheQuestion() {
        assertThat(refusal(
                        () -> memory.invoke(GET_REGION_NUM, TeeParameter.valueInOut(lendable.base(), lendable.size()))))
                .isEqualTo(TeeResult.NOT_SUPPORTED);
        board.secureWorld().setSubRegions(16);
        assertThat(memory.invoke(GET_REGION_NUM, TeeParameter.valueInOut(lendable.base(), lendable.size()))
                        .value(0)
                        .a())
                .isEqualTo(16);
    }
}
