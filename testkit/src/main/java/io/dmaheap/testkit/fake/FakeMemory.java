package io.dmaheap.testkit.fake;

import io.dmaheap.Access;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory of a {@link FakeHeap}: a temporary file, since the JDK maps files into any arena without native access. Giving it back
 * twice fails loudly.
 */
record FakeMemory(Path file, long size, AtomicLong held) implements Memory {

    static FakeMemory of(long size, AtomicLong held) {
        try {
            var memory = new FakeMemory(Files.createTempFile("fake-heap", null), size, held);
            held.addAndGet(size);
            return memory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release() {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        held.addAndGet(-size);
    }

    @Override
    public Mapping map(Access access) {
        return new Mapping() {
            @Override
            public MemorySegment segment(Arena scope) {
                try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    return channel.map(MapMode.READ_WRITE, 0, size, scope);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void unmap() {}
        };
    }
}
