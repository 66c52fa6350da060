package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memory that only chosen devices may touch. Where the platform names no devices, as a real kernel does not, what is said about them
 * holds for none.
 */
interface ProtectionContract extends Subject {

    /** The bytes that the heap can give out in all. */
    long capacity();

    @Test
    default void theTraitsSayWhatTheMemoryIsProtectedFor() {
        var traits = heap().traits();
        assertThat(traits.protection()).isPresent();
        assertThat(traits.protection().orElseThrow().useCase()).isNotBlank();
        assertThat(traits.cpuAccessible()).isEqualTo(Answer.NO);
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.traits()).isEqualTo(traits);
        }
    }

    @Test
    default void aBufferThatIsNotSharedHasNoDescriptor() {
        var before = ProcessHolds.now();
        try (var buffer = heap().allocate(4096)) {
            if (buffer.info().descriptor() != Descriptor.DMA_BUF) {
                assertThat(ProcessHolds.now().since(before)).isEmpty();
            }
        }
    }

    @Test
    default void whatWasExportedIsNoWayInForTheCpu() {
        try (var buffer = heap().allocate(8192)) {
            if (buffer.info().descriptor() == Descriptor.NONE) {
                assertThat(refusal(buffer::exportFd).code()).isEqualTo(ErrorCode.UNSUPPORTED);
                return;
            }
            try (var fd = buffer.exportFd();
                    var back = heaps().importFd(fd.number())) {
                assertRefusesCpu(back);
                assertRefusesCpu(buffer);
            }
        }
    }

    @Test
    default void aFullHeapRefusesAndRecovers() {
        long piece = Math.max(4096, capacity() / 8 / 4096 * 4096);
        for (int round = 0; round < 2; round++) {
            List<DmaBuf> all = new ArrayList<>();
            try {
                while (all.size() <= capacity() / piece) {
                    all.add(heap().allocate(piece));
                }
            } catch (HeapException full) {
                assertThat(full.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                assertThat(full.heap()).contains(heap().name());
            }
            assertThat(all).hasSizeBetween(1, (int) (capacity() / piece));
            all.removeLast().close();
            heap().allocate(piece).close();
            all.forEach(DmaBuf::close);
        }
    }

    @Test
    default void moreThanThereEverIsIsRefusedAndNothingIsLost() {
        for (int round = 0; round < 3; round++) {
            assertThat(refusal(() -> heap().allocate(capacity() + 4096)).code())
                    .isIn(ErrorCode.OUT_OF_MEMORY, ErrorCode.LIMIT_EXCEEDED);
        }
        heap().allocate(4096).close();
    }

    @Test
    default void theAccessListSaysWhatTheBusLetsThrough() {
        try (var buffer = heap().allocate(4096)) {
            var listed = buffer.accessList();
            assertThat(listed.isPresent())
                    .as("a platform that names devices says who may touch the buffer")
                    .isEqualTo(!heaps().devices().isEmpty());
            AccessList list = listed.orElse(AccessList.NOBODY);
            assertThat(list.permits("cpu", Access.READ)).isFalse();
            for (DeviceInfo device : heaps().devices()) {
                for (Access direction : Access.values()) {
                    boolean can = buffer.canAccess(device.name(), direction) == Answer.YES;
                    assertThat(!can || list.permits(device.name(), direction))
                            .as(device.name() + " " + direction + " on " + list)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void whoIsNotOnTheListGetsNothingThrough(Access direction) {
        try (var buffer = heap().allocate(4096)) {
            for (DeviceInfo info : heaps().devices()) {
                if (!buffer.accessList().orElse(AccessList.NOBODY).permits(info.name(), direction)) {
                    Device device = heaps().device(info.name()).orElseThrow();
                    var refusal = refusal(() -> {
                        try (var attachment = device.attach(buffer);
                                var _ = attachment.map(direction)) {
                            throw new AssertionError(info.name() + " was let in");
                        }
                    });
                    assertThat(refusal.code()).isIn(ErrorCode.ACCESS_DENIED, ErrorCode.INCOMPATIBLE_DEVICE);
                }
            }
        }
        assertThat(heaps().usage().attachments()).isZero();
    }

    @Test
    default void whatOneListedDeviceWritesTheOthersRead() {
        byte[] written = "protected".getBytes(StandardCharsets.US_ASCII);
        try (var buffer = heap().allocate(8192)) {
            for (Device writer : whoCan(buffer, Access.WRITE)) {
                transfer(buffer, writer, Access.WRITE, written);
                for (Device reader : whoCan(buffer, Access.READ)) {
                    byte[] seen = new byte[written.length];
                    transfer(buffer, reader, Access.READ, seen);
                    assertThat(seen).isEqualTo(written);
                }
            }
        }
    }

    @Test
    default void memoryPromisedAsZerosIsZerosToDevicesAsWell() {
        if (heap().traits().zeroed() != Answer.YES) {
            return;
        }
        for (int round = 0; round < 3; round++) {
            try (var buffer = heap().allocate(8192)) {
                for (Device reader : whoCan(buffer, Access.READ)) {
                    byte[] seen = new byte[64];
                    transfer(buffer, reader, Access.READ, seen);
                    assertThat(seen).containsOnly(0);
                }
                for (Device writer : whoCan(buffer, Access.WRITE)) {
                    transfer(buffer, writer, Access.WRITE, new byte[] {1, 2, 3});
                }
            }
        }
    }

    @Test
    default void aBufferOutlivesTheFrameworkWithItsProtection() {
        try (var buffer = heap().allocate(8192)) {
            var users = whoCan(buffer, Access.READ);
            var list = buffer.accessList();
            var attachments =
                    users.stream().map(device -> device.attach(buffer)).toList();
            heap().close();
            heaps().close();
            assertThat(buffer.accessList()).isEqualTo(list);
            assertRefusesCpu(buffer);
            for (var attachment : attachments) {
                try (var mapping = attachment.map(Access.READ)) {
                    mapping.read(0, MemorySegment.ofArray(new byte[16]));
                }
                attachment.close();
            }
        }
    }

    private List<Device> whoCan(DmaBuf buffer, Access direction) {
        return heaps().devices().stream()
                .map(DeviceInfo::name)
                .filter(name -> buffer.canAccess(name, direction) == Answer.YES)
                .map(name -> heaps().device(name).orElseThrow())
                .toList();
    }

    private static void transfer(DmaBuf buffer, Device device, Access direction, byte[] bytes) {
        try (var attachment = device.attach(buffer);
                var mapping = attachment.map(direction)) {
            MemorySegment segment = MemorySegment.ofArray(bytes);
            if (direction == Access.WRITE) {
                mapping.write(100, segment);
            } else {
                mapping.read(100, segment);
            }
        }
    }
}
