package io.dmaheap.core.buffer;

import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.spi.PlatformDevice;
import java.util.Objects;

/** A device of the platform, which attaches buffers of this framework. */
public final class BufferDevice implements Device {
    private final PlatformDevice device;

    /** A view of {@code device}. */
    public BufferDevice(PlatformDevice device) {
        this.device = device;
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
    public String toString() {
        return "Device " + device.name();
    }
}
