package io.dmaheap.emulator.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.bus.Firewall.Rule;
import io.dmaheap.emulator.bus.Firewall.World;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallTests {
    private static final AddressRange SECURE = new AddressRange(0x10000, 0x10000);
    private static final AddressRange OPEN = new AddressRange(0x40000, 0x10000);

    private final Firewall firewall =
            new Firewall(List.of(new Rule(SECURE, World.SECURE, List.of("decoder", "display"), List.of("decoder"))));

    @ParameterizedTest
    @CsvSource({
        "decoder, READ, true",
        "decoder, WRITE, true",
        "decoder, READ_WRITE, true",
        "display, READ, true",
        "display, WRITE, false",
        "display, READ_WRITE, false",
        "camera, READ, false",
        "camera, WRITE, false"
    })
    void onlyWhoIsOnTheListPassesInThatDirection(String device, Access direction, boolean passes) {
        assertThat(firewall.permits(device, direction, List.of(OPEN, SECURE))).isEqualTo(passes);
    }

    @Test
    void memoryWithoutARuleIsOpenToAll() {
        assertThat(firewall.permits("camera", Access.READ_WRITE, List.of(OPEN))).isTrue();
        firewall.check("camera", Access.WRITE, OPEN);
    }

    @Test
    void oneByteOfProtectedMemoryIsTooMuch() {
        firewall.check("camera", Access.READ, new AddressRange(0xf000, 0x1000));
        assertThatThrownBy(() -> firewall.check("camera", Access.READ, new AddressRange(0xf000, 0x1001)))
                .isInstanceOf(HeapException.class);
        assertThatThrownBy(() -> firewall.check("camera", Access.READ, new AddressRange(0x1ffff, 0x1000)))
                .isInstanceOf(HeapException.class);
        firewall.check("camera", Access.READ, new AddressRange(0x20000, 0x1000));
    }

    @Test
    void aFaultNamesRangeDeviceAndDirectionAndWhoMayPass() {
        assertThatThrownBy(() -> firewall.check("display", Access.WRITE, new AddressRange(0x12000, 0x100)))
                .isInstanceOfSatisfying(
                        HeapException.class, fault -> assertThat(fault.code()).isEqualTo(ErrorCode.BUS_FAULT))
                .hasMessageContaining("display may not write 0x12000-0x12100")
                .hasMessageContaining("0x10000-0x20000 is the secure world's")
                .hasMessageContaining("reads of decoder, display and writes of decoder");
    }

    @Test
    void lentMemoryIsClosedUntilItIsReclaimed() {
        firewall.lend(OPEN, List.of("display"), List.of());
        assertThat(firewall.permits("display", Access.READ, List.of(OPEN))).isTrue();
        assertThat(firewall.permitsAnything("display", List.of(OPEN))).isTrue();
        assertThat(firewall.permitsAnything("camera", List.of(OPEN))).isFalse();
        assertThatThrownBy(() -> firewall.check("camera", Access.READ, OPEN)).hasMessageContaining("lent");
        firewall.reclaim(OPEN);
        assertThat(firewall.permits("camera", Access.READ_WRITE, List.of(OPEN))).isTrue();
    }

    @Test
    void whoIsAdmittedToLentMemoryReplacesWhoWas() {
        firewall.lend(OPEN, List.of("display"), List.of());
        firewall.admit(OPEN, new AccessList(Map.of("gpu", Access.READ_WRITE, "camera", Access.WRITE)));
        assertThat(firewall.permits("display", Access.READ, List.of(OPEN))).isFalse();
        assertThat(firewall.permits("gpu", Access.READ_WRITE, List.of(OPEN))).isTrue();
        assertThat(firewall.permits("camera", Access.READ, List.of(OPEN))).isFalse();
        assertThat(firewall.permits("camera", Access.WRITE, List.of(OPEN))).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.admit(SECURE, AccessList.NOBODY));
    }

    @Test
    void theAccessListSaysWhatTheFirewallDoes() {
        var listed = firewall.accessList(List.of(SECURE)).orElseThrow();
        assertThat(listed.grants()).containsOnly(entry("decoder", Access.READ_WRITE), entry("display", Access.READ));
        for (String device : List.of("decoder", "display", "camera")) {
            for (Access access : Access.values()) {
                assertThat(listed.permits(device, access)).isEqualTo(firewall.permits(device, access, List.of(SECURE)));
            }
        }
        assertThat(firewall.accessList(List.of(OPEN))).isEmpty();
    }

    @Test
    void overSeveralRangesTheListHasWhatAllOfThemAllow() {
        firewall.lend(OPEN, List.of("display", "decoder"), List.of("display"));
        assertThat(firewall.accessList(List.of(OPEN, SECURE)).orElseThrow().grants())
                .containsOnly(entry("display", Access.READ), entry("decoder", Access.READ));
    }

    @Test
    void nothingIsLentTwiceAndNothingReclaimedThatWasNotLent() {
        firewall.lend(OPEN, List.of(), List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> firewall.lend(new AddressRange(0x4f000, 0x2000), List.of(), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.lend(SECURE, List.of(), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.reclaim(SECURE));
        assertThatIllegalArgumentException().isThrownBy(() -> firewall.reclaim(new AddressRange(0x40000, 0x1000)));
        assertThat(firewall.permits("camera", Access.READ, List.of(OPEN))).isFalse();
    }
}
