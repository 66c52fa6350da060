package io.dmaheap.emulator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.HeapException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTests {
    private final VirtualClock clock = new VirtualClock();
    private final Faults faults = new Faults(clock);

    @ParameterizedTest
    @EnumSource
    void everyPointFailsInAWayOfItsOwnThatAPersonCanRead(FaultPoint point) {
        faults.pass(point);
        faults.fail(point);
        assertThatThrownBy(() -> faults.pass(point))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        failure -> assertThat(failure.errno().isPresent()
                                        || failure.teeReply().isPresent())
                                .isTrue())
                .hasMessageContaining(point.name());
        faults.heal(point);
        faults.pass(point);
        assertThat(faults.passages(point)).isEqualTo(3);
    }

    @Test
    void aPointFailsAsOftenAsItWasTold() {
        var first = new IllegalStateException("of the test");
        faults.fail(FaultPoint.LEND, 2, () -> first);
        assertThatThrownBy(() -> faults.pass(FaultPoint.LEND)).isSameAs(first);
        faults.pass(FaultPoint.RECLAIM);
        assertThatThrownBy(() -> faults.pass(FaultPoint.LEND)).isSameAs(first);
        faults.pass(FaultPoint.LEND);
        faults.fail(FaultPoint.LEND, 1, () -> new StackOverflowError("of the test"));
        assertThatThrownBy(() -> faults.pass(FaultPoint.LEND)).isInstanceOf(StackOverflowError.class);
        faults.fail(FaultPoint.LEND, 1, () -> new IOException("of the test"));
        assertThatIllegalArgumentException().isThrownBy(() -> faults.pass(FaultPoint.LEND));
    }

    @Test
    void whoMeetsAtAPointIsThereBeforeItFails() {
        var met = new ArrayList<String>();
        faults.meet(FaultPoint.SCRUB, () -> met.add("met"));
        faults.fail(FaultPoint.SCRUB, 1);
        assertThatThrownBy(() -> faults.pass(FaultPoint.SCRUB)).isInstanceOf(HeapException.class);
        assertThat(met).containsExactly("met");
        faults.heal(FaultPoint.SCRUB);
        faults.pass(FaultPoint.SCRUB);
        assertThat(met).hasSize(1);
    }

    @Test
    void workCostsVirtualTimeByTheUnit() {
        faults.cost(FaultPoint.MIGRATE, Duration.ofNanos(250));
        faults.pass(FaultPoint.MIGRATE, 16);
        faults.pass(FaultPoint.SCRUB, 16);
        assertThat(clock.now()).isEqualTo(Duration.ofNanos(4000));
        faults.pass(FaultPoint.LEND);
        faults.pass(FaultPoint.RECLAIM);
        assertThat(clock.now().toMillis())
                .as("what OP-TEE takes for the round trip")
                .isBetween(1L, 2L);
    }

    @Test
    void timeNeverRunsBackwards() {
        clock.advance(Duration.ofSeconds(1));
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(Duration.ofNanos(-1)));
        assertThat(clock).hasToString("virtual clock at PT1S");
    }

    @Test
    void pinnedPagesAreFoundByAnyByteOfThem() {
        faults.pin(0x1000, 0x2000);
        assertThat(faults.pinnedWithin(0x2fff, 0x4000)).isPresent();
        assertThat(faults.pinnedWithin(0x3000, 0x4000)).isEmpty();
        assertThat(faults.pinnedWithin(0, 0x1000)).isEmpty();
        faults.unpin(0x1000);
        assertThat(faults.pinnedWithin(0x1000, 0x4000)).isEmpty();
    }
}
