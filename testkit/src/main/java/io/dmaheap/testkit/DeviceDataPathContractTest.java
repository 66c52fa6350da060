package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.tee.Tee;
import org.junit.jupiter.api.Test;

/**
 * The contract of a protected heap that only a device may touch, such as a GPU: what {@link SecureDataPathContractTest} asks of a trusted
 * application, the device does itself, as a bus master. The secure world is not let in here, and is told so.
 *
 * <p>For a platform that has devices, as the emulator. The heap needs room for six buffers of {@value NextOwnerContract#PIECE} bytes.
 */
public abstract class DeviceDataPathContractTest extends HeapUnderTest implements InsiderContract, NextOwnerContract {

    /** For subclasses, which need to say only which heap and device they are about. */
    protected DeviceDataPathContractTest() {}

    /** The device that may touch the memory. */
    protected abstract String deviceName();

    /** A heap of protected memory that the device may not touch. */
    protected abstract String closedHeapName();

    /** A heap that both the CPU and the device may use. */
    protected String normalHeapName() {
        return "system";
    }

    /** A TEE of the same machine. */
    protected String teeName() {
        return "tee0";
    }

    private Heap find(String name) {
        return heaps().find(name)
                .orElseThrow(() -> new AssertionError("no heap " + name + " among " + heaps().heaps()));
    }

    private Device device() {
        return heaps().device(deviceName())
                .orElseThrow(() -> new AssertionError("no device " + deviceName() + " among " + heaps().devices()));
    }

    @Override
    public final DeviceInsider insider() {
        return new DeviceInsider(device(), find(normalHeapName()));
    }

    @Test
    void aTrustedApplicationIsNotLetIn() {
        try (Tee tee = heaps().openTee(teeName());
                DmaBuf buffer = heap().allocate(SIZE)) {
            var refusal = refusal(() -> tee.register(buffer));

            assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(refusal.errno()).contains("EINVAL");
            assertThat(refusal).message().contains("access list");
        }
    }

    @Test
    void noOtherDeviceIsLetIn() {
        try (DmaBuf buffer = heap().allocate(SIZE)) {
            assertThat(buffer.accessList().orElseThrow().grants()).containsOnlyKeys(deviceName());
            for (DeviceInfo other : heaps().devices()) {
                if (!other.name().equals(deviceName())) {
                    assertRefused(heaps().device(other.name()).orElseThrow(), buffer);
                }
            }
        }
    }

    @Test
    void contentsGoNowhereThatTheFirewallClosesToTheDevice() {
        try (Heap closed = find(closedHeapName());
                DmaBuf elsewhere = closed.allocate(SIZE)) {
            assertThat(elsewhere.accessList().orElseThrow().permits(deviceName(), Access.WRITE))
                    .isFalse();
            assertRefused(device(), elsewhere);
        }
    }

    private static void assertRefused(Device device, DmaBuf buffer) {
        String name = device.info().name();
        for (Access direction : Access.values()) {
            assertThat(buffer.canAccess(name, direction))
                    .as(name + " " + direction)
                    .isEqualTo(Answer.NO);
        }
        assertThat(refusal(() -> device.attach(buffer)).code())
                .as(name)
                .isIn(ErrorCode.ACCESS_DENIED, ErrorCode.INCOMPATIBLE_DEVICE);
    }
}
