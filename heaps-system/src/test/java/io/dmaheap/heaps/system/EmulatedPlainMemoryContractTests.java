package io.dmaheap.heaps.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the emulator as it is where there are no memfds. */
class EmulatedPlainMemoryContractTests extends HeapContractTest {
    @TempDir
    static Path directory;

    private static Path policy;

    @BeforeAll
    static void writePolicy() throws IOException {
        policy = Files.writeString(directory.resolve("plain.policy"), "platform.emulator.backing = plain\n");
    }

    @Override
    protected String heapName() {
        return "system";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator").withPolicy(policy));
    }

    @Test
    void buffersHaveNoDescriptors() {
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.info().descriptor()).isEqualTo(Descriptor.NONE);
        }
    }
}
