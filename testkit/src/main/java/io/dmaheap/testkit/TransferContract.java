package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One memory, whoever looks at it: the CPU from begin to end of its access, devices while they have it mapped. */
interface TransferContract extends Importer {
    /** Neither a divisor of a page nor a multiple, so that transfers cross pages and segments. */
    int STRIDE = 5000;

    int BYTES = 1 << 20;

    @Test
    default void theDeviceReadsWhatTheCpuWrote() {
        var pattern = pattern(1);
        withMapping(BYTES, Access.READ, (buffer, mapping) -> {
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertRefusesCpu(buffer);
                return;
            }
            try (var cpu = buffer.write()) {
                cpu.segment().copyFrom(pattern);
            }
            assertSame(pattern, read(mapping));
        });
    }

    @Test
    default void theCpuReadsWhatTheDeviceWrote() {
        var pattern = pattern(2);
        withMapping(BYTES, Access.WRITE, (buffer, mapping) -> {
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertRefusesCpu(buffer);
                return;
            }
            write(mapping, pattern);
            try (var cpu = buffer.read()) {
                assertSame(pattern, cpu.segment());
            }
        });
    }

    @Test
    default void theDeviceReadsWhatItWrote() {
        var pattern = pattern(3);
        withMapping(BYTES, Access.READ_WRITE, (_, mapping) -> {
            write(mapping, pattern);
            assertSame(pattern, read(mapping));
        });
    }

    @Test
    default void otherDevicesReadWhatTheDeviceWrote() {
        var pattern = pattern(4);
        withMapping(BYTES, Access.WRITE, (buffer, mapping) -> {
            write(mapping, pattern);
            for (DeviceInfo other : heaps().devices()) {
                if (buffer.canAccess(other.name(), Access.READ) == Answer.YES) {
                    try (var attachment =
                                    heaps().device(other.name()).orElseThrow().attach(buffer);
                            var seen = attachment.map(Access.READ)) {
                        assertSame(pattern, read(seen));
                    }
                }
            }
        });
    }

    @Test
    default void whatWasWrittenOutlastsTheMapping() {
        var pattern = pattern(5);
        withAttachment(BYTES, (buffer, attachment) -> {
            withMapping(buffer, attachment, Access.WRITE, mapping -> write(mapping, pattern));
            if (answer(buffer, Access.WRITE) == Answer.YES && answer(buffer, Access.READ) == Answer.YES) {
                withMapping(buffer, attachment, Access.READ, mapping -> assertSame(pattern, read(mapping)));
            }
        });
    }

    @Test
    default void theDeviceFindsZerosWhereTheHeapPromisesThem() {
        withMapping(BYTES, Access.READ, (_, mapping) -> {
            if (heap().traits().zeroed() == Answer.YES) {
                assertSame(MemorySegment.ofArray(new byte[BYTES]), read(mapping));
            }
        });
    }

    @Test
    default void buffersHaveTheirOwnBytes() {
        var pattern = pattern(6);
        withMapping(BYTES, Access.READ_WRITE, (_, one) -> {
            write(one, pattern);
            withOther(other -> write(other, pattern(7)));
            assertSame(pattern, read(one));
        });
    }

    private void withOther(Consumer<DeviceMapping> test) {
        try (DmaBuf buffer = heap().allocate(BYTES);
                var attachment = device().attach(buffer)) {
            withMapping(buffer, attachment, Access.WRITE, test);
        }
    }

    private static MemorySegment pattern(long seed) {
        byte[] bytes = new byte[BYTES];
        new Random(seed).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    private static void write(DeviceMapping mapping, MemorySegment bytes) {
        for (int at = 0; at < BYTES; at += STRIDE) {
            mapping.write(at, bytes.asSlice(at, Math.min(STRIDE, BYTES - at)));
        }
    }

    private static MemorySegment read(DeviceMapping mapping) {
        var bytes = MemorySegment.ofArray(new byte[BYTES]);
        for (int at = 0; at < BYTES; at += STRIDE) {
            mapping.read(at, bytes.asSlice(at, Math.min(STRIDE, BYTES - at)));
        }
        return bytes;
    }

    private static void assertSame(MemorySegment expected, MemorySegment seen) {
        assertThat(expected.mismatch(seen)).as("first byte that differs").isEqualTo(-1);
    }
}
