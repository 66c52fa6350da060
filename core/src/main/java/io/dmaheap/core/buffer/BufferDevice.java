package io.dmaheap.core.buffer;

import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A device of the platform, which attaches buffers of this framework. */
public final class BufferDevice implements Device {
    private final PlatformDevice device;
    private final PlatformUse platformUse;

    /** A view of {@code device}. */
    public BufferDevice(PlatformDevice device, PlatformUse platformUse) {
        this.device = device;
        this.platformUse = platformUse;
    }

    /** What is known of a device of the platform. */
    public static DeviceInfo describe(PlatformDevice device) {
        return new DeviceInfo(device.name(), device.description(), device.constraints(), device.regions());
    }

    @Override
    public DeviceInfo info() {
        return describe(device);
    }

    @Override
    public Attachment attach(DmaBuf buffer) {
        Objects.requireNonNull(buffer, "buffer");
        if (!(buffer instanceof BufferHandle handle)) {
            throw new IllegalArgumentException("not a buffer of these heaps: " + buffer);
        }
        return handle.attach(device);
    }

    @Override
    public void busRead(long address, MemorySegment into) {
        Objects.requireNonNull(into, "into");
        atTheBus(() -> device.busRead(address, into));
    }

    @Override
    public void busWrite(long address, MemorySegment from) {
        Objects.requireNonNull(from, "from");
        atTheBus(() -> device.busWrite(address, from));
    }

    /** There is no buffer that would keep the platform open. */
    private void atTheBus(Runnable transfer) {
        platformUse.retain();
        try {
            transfer.run();
        } finally {
            platformUse.release();
        }
    }

    @Override
    public String toString() {
        return "Device " + device.name();
    }
}
