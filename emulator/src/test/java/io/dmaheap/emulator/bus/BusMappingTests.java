package io.dmaheap.emulator.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusMappingTests {
    private static final AddressRange FIRST = new AddressRange(0x9000, 0x1000);
    private static final AddressRange SECOND = new AddressRange(0x4000, 0x1000);

    private final Firewall firewall = new Firewall(List.of());
    private final HostBytes host = new HostBytes();
    private final BusMapping mapping = new BusMapping(
            "camera", new ScatterList(List.of(FIRST, SECOND)), Access.READ_WRITE, firewall, new MappedContents(host));

    /** Bytes that know when they were unmapped. */
    private static final class HostBytes implements Mapping {
        private int unmapped;

        @Override
        public MemorySegment segment(Arena scope) {
            return scope.allocate(0x2000);
        }

        @Override
        public void unmap() {
            unmapped++;
        }
    }

    @Test
    void segmentsComeInTheOrderOfTheBuffer() {
        assertThat(mapping.segments()).containsExactly(new Segment(0x9000, 0x1000), new Segment(0x4000, 0x1000));
    }

    @Test
    void aTransferGoesOnInTheNextSegment() {
        mapping.write(0xffc, MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        byte[] seen = new byte[8];
        mapping.read(0xffc, MemorySegment.ofArray(seen));
        assertThat(seen).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void aTransferThatFaultsInItsLastByteMovesNothing() {
        firewall.lend(SECOND, List.of(), List.of());
        assertThatThrownBy(() -> mapping.write(0xff8, MemorySegment.ofArray(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9})))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("camera may not write 0x4000-0x4001");
        var seen = MemorySegment.ofArray(new byte[8]);
        mapping.read(0xff8, seen);
        assertThat(seen.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void memoryLentWhileItIsMappedIsClosedUntilItIsReclaimed() {
        var byteOfSecond = MemorySegment.ofArray(new byte[1]);
        mapping.read(0x1000, byteOfSecond);
        firewall.lend(SECOND, List.of("display"), List.of());
        assertThatThrownBy(() -> mapping.read(0x1000, byteOfSecond)).hasMessageContaining("camera may not read");
        firewall.reclaim(SECOND);
        mapping.read(0x1000, byteOfSecond);
    }

    @Test
    void theHostsMappingEndsOnce() {
        mapping.close();
        mapping.close();
        assertThat(host.unmapped).isEqualTo(1);
        assertThatThrownBy(() -> mapping.write(0, MemorySegment.ofArray(new byte[1])))
                .isInstanceOf(IllegalStateException.class);
    }
}
