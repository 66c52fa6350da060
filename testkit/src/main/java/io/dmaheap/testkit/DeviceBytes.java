package io.dmaheap.testkit;

import io.dmaheap.Access;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Short texts that devices write and read: how a test sees what is in memory that the CPU may not touch. */
public final class DeviceBytes {
    private DeviceBytes() {}

    /** The device writes the text, in ASCII, from the first byte on. */
    public static void write(Device device, DmaBuf buffer, String text) {
        try (var attachment = device.attach(buffer);
                var mapping = attachment.map(Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** What the device reads in the first {@code length} bytes, as ASCII. */
    public static String read(Device device, DmaBuf buffer, int length) {
        byte[] bytes = new byte[length];
        try (var attachment = device.attach(buffer);
                var mapping = attachment.map(Access.READ)) {
            mapping.read(0, MemorySegment.ofArray(bytes));
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
