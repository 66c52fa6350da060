package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.ProtectedMemoryFirmware.Attribute;
import io.dmaheap.spi.ProtectedMemoryFirmware.Config;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.NoLeaks;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class BoardOpteeTests {
    private static final int TRUSTED_UI = 2;
    private static final long COOKIE = 77;

    private final Emulator emulator = Emulator.standard();
    private final Platform board = emulator.open(Map.of());
    private final ProtectedMemoryFirmware optee =
            board.protectedMemoryFirmware().orElseThrow();
    private final MemoryRegion pages = optee.lendable().orElseThrow();
    private final Config config = optee.config(TRUSTED_UI).orElseThrow();

    @AfterEach
    void close() {
        board.close();
    }

    private static void assertRefused(TeeResult result, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.teeReply().orElseThrow().result())
                                .isEqualTo(result));
    }

    @Test
    void theStaticPoolIsThatOfTheSecureWorld() {
        assertThat(optee.staticPool()).contains(new PhysicalRange(0x5400_0000L, 16 << 20));
    }

    @Test
    void onlyTheUsesThatBorrowMemoryHaveAConfiguration() {
        assertThat(optee.config(1)).isEmpty();
        assertThat(optee.config(4)).isEmpty();
        assertThat(config.minimumSize()).isEqualTo(10 << 20);
        assertThat(config.attributes())
                .containsExactlyInAnyOrder(
                        new Attribute(0x14, Attribute.READ_ONLY),
                        new Attribute(0x15, Attribute.READ_WRITE),
                        new Attribute(0x16, Attribute.READ_WRITE));
        emulator.faults().fail(FaultPoint.CONFIGURE, 1);
        assertRefused(TeeResult.GENERIC, () -> optee.config(TRUSTED_UI));
    }

    @Test
    void theAttributesDecideWhoMayTouchWhatWasLent() {
        LentRange lent = pages.lend(0, config.minimumSize());
        optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE);
        var memory = pages.take(List.of(lent.range()), AllocationRequest.of(config.minimumSize()));
        assertThat(memory.accessList())
                .contains(new AccessList(
                        Map.of("display", Access.READ, "gpu", Access.READ_WRITE, "tee", Access.READ_WRITE)));
        memory.release();
        optee.reclaim(COOKIE);
        lent.reclaim();
        assertThat(emulator.clock().now()).isPositive();
    }

    @Test
    void aLoanThatIsNotWhatTheUseWantsIsRefused() {
        long size = config.minimumSize();
        var attributes = config.attributes();
        LentRange lent = pages.lend(0, size);
        assertRefused(TeeResult.NOT_SUPPORTED, () -> optee.lend(1, lent.range(), attributes, COOKIE));
        assertRefused(
                TeeResult.BAD_PARAMETERS,
                () -> optee.lend(TRUSTED_UI, lent.range(), List.of(new Attribute(0x11, 2)), COOKIE));
        assertRefused(
                TeeResult.BAD_PARAMETERS,
                () -> optee.lend(TRUSTED_UI, new PhysicalRange(pages.base(), 4096), attributes, COOKIE));
        assertRefused(
                TeeResult.BAD_PARAMETERS,
                () -> optee.lend(TRUSTED_UI, new PhysicalRange(pages.base() + 4096, size), attributes, COOKIE));
        assertRefused(
                TeeResult.BAD_PARAMETERS,
                () -> optee.lend(TRUSTED_UI, new PhysicalRange(pages.base() + (16 << 20), size), attributes, COOKIE));
        lent.reclaim();
    }

    @Test
    void aCookieStandsForOneLoan() {
        LentRange lent = pages.lend(0, config.minimumSize());
        LentRange other = pages.lend(16 << 20, config.minimumSize());
        optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE);
        assertRefused(
                TeeResult.BAD_PARAMETERS, () -> optee.lend(TRUSTED_UI, other.range(), config.attributes(), COOKIE));
        optee.reclaim(COOKIE);
        assertRefused(TeeResult.ITEM_NOT_FOUND, () -> optee.reclaim(COOKIE));
        optee.lend(TRUSTED_UI, other.range(), config.attributes(), COOKIE);
        optee.reclaim(COOKIE);
        lent.reclaim();
        other.reclaim();
    }

    @Test
    void aRefusalChangesNothing() {
        LentRange lent = pages.lend(0, config.minimumSize());
        emulator.faults().fail(FaultPoint.LEND, 1);
        assertRefused(TeeResult.OUT_OF_MEMORY, () -> optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE));
        optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE);
        emulator.faults().fail(FaultPoint.RECLAIM, 1);
        assertRefused(TeeResult.BUSY, () -> optee.reclaim(COOKIE));
        assertThatThrownBy(lent::reclaim).hasMessageContaining("still protected");
        optee.reclaim(COOKIE);
        lent.reclaim();
    }

    @Test
    void oneThatIsDeadAnswersNothingAndChangesNothing() {
        LentRange lent = pages.lend(0, config.minimumSize());
        emulator.secureWorld().kill();
        assertRefused(TeeResult.COMMUNICATION, () -> optee.config(TRUSTED_UI));
        assertRefused(TeeResult.COMMUNICATION, () -> optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE));
        assertRefused(TeeResult.COMMUNICATION, () -> optee.reclaim(COOKIE));
        lent.reclaim();
    }

    @Test
    void whatItDidAsItDiedIsDoneAndTheAnswerLost() {
        LentRange lent = pages.lend(0, config.minimumSize());
        emulator.faults().meet(FaultPoint.RESTRICT, emulator.secureWorld()::kill);
        assertRefused(TeeResult.COMMUNICATION, () -> optee.lend(TRUSTED_UI, lent.range(), config.attributes(), COOKIE));
        assertThatThrownBy(lent::reclaim).hasMessageContaining("still protected");

        emulator.secureWorld().revive();
        emulator.faults().meet(FaultPoint.SCRUB, emulator.secureWorld()::kill);
        assertRefused(TeeResult.COMMUNICATION, () -> optee.reclaim(COOKIE));
        lent.reclaim();
    }
}
