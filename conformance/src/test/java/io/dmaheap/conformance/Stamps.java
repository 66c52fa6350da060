package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heaps;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A number at both ends of a protected buffer, by a device that may: it stays there as long as the memory is nobody else's. */
final class Stamps {
    private Stamps() {}

    static void write(Heaps heaps, DmaBuf buffer, long stamp) {
        var bytes = MemorySegment.ofArray(new long[] {stamp});
        on(heaps, buffer, Access.WRITE, mapping -> {
            mapping.write(0, bytes);
            mapping.write(buffer.size() - Long.BYTES, bytes);
        });
    }

    static void assertStill(Heaps heaps, DmaBuf buffer, long stamp) {
        long[] found = new long[2];
        var both = MemorySegment.ofArray(found);
        on(heaps, buffer, Access.READ, mapping -> {
            mapping.read(0, both.asSlice(0, Long.BYTES));
            mapping.read(buffer.size() - Long.BYTES, both.asSlice(Long.BYTES));
        });
        assertThat(found).as("what was written").containsExactly(stamp, stamp);
    }

    private static void on(Heaps heaps, DmaBuf buffer, Access direction, Consumer<DeviceMapping> work) {
        try (Attachment attachment = trusted(heaps, buffer).attach(buffer);
                DeviceMapping mapping = attachment.map(direction)) {
            work.accept(mapping);
        }
    }

    private static Device trusted(Heaps heaps, DmaBuf buffer) {
        return heaps.devices().stream()
                .map(DeviceInfo::name)
                .filter(name -> buffer.canAccess(name, Access.READ_WRITE) == Answer.YES)
                .findFirst()
                .flatMap(heaps::device)
                .orElseThrow();
    }
}
