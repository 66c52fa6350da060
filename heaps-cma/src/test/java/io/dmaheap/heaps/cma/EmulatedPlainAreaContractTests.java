package io.dmaheap.heaps.cma;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a region of the emulated board where there are no memfds, with pinned pages to step over. */
class EmulatedPlainAreaContractTests extends HeapContractTest {
    @TempDir
    static Path directory;

    private static Path policy;

    @BeforeAll
    static void writePolicy() throws IOException {
        policy = Files.writeString(directory.resolve("plain.policy"), """
                platform.emulator.backing = plain
                platform.emulator.pinned = 0x68000000+4K 0x68210000+64K
                """);
    }

    @Override
    protected String heapName() {
        return "video@68000000";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator").withPolicy(policy));
    }
}
