package io.dmaheap.conformance.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.conformance.soak.Blocked.Wait;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short soak, and that a soak can fail. {@code ./build soak} takes longer. */
class SoakTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap");
    private static final DocumentedCodes DOCUMENTED = new DocumentedCodes(Path.of("../api/src/main/java/io/dmaheap"));
    private static final Duration SHORT = Duration.ofSeconds(10);

    @TempDir
    Path work;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void nothingIsLeftAndEveryErrorIsDocumented() throws Exception {
        long seed = Long.getLong("dmaheap.seed", System.nanoTime());
        System.out.println("the soak is run with -Ddmaheap.seed=" + seed);

        assertThat(new Soak(INSTALLED, DOCUMENTED, work, SHORT, seed).run())
                .as("seed " + seed)
                .isEmpty();
    }

    /** How long they take is measured by {@code ./build soak --blocked}. */
    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void allocationsGoOnWhereverAnotherPluginBlocks() throws Exception {
        List<Wait> waits = new Blocked(INSTALLED, work, Duration.ofMillis(20)).measure();

        assertThat(waits)
                .extracting(Wait::callback)
                .containsExactlyElementsOf(Stream.concat(Stream.of(Bystander.NOWHERE), Jars.callbacks().stream())
                        .toList());
        assertThat(waits.subList(1, waits.size())).allSatisfy(wait -> {
            assertThat(wait.stood()).isTrue();
            assertThat(wait.allocations()).isPositive();
        });
    }

    private static List<String> complaints(String... report) throws IOException {
        return new Verdict("it", List.of(report)).complaints(DOCUMENTED);
    }

    @Test
    void whatIsLeftIsReported() throws IOException {
        assertThat(complaints("usage\tfalse\tUsage[buffers=1]", "left\t1 of thread dmaheap-poller"))
                .anySatisfy(complaint -> assertThat(complaint).contains("counts are not zero", "buffers=1"))
                .contains("it: more than at the start: 1 of thread dmaheap-poller");
    }

    @Test
    void whatEscapesIsReported() throws IOException {
        assertThat(complaints("escaped\tHeap.allocate\tjava.lang.NullPointerException"))
                .anySatisfy(complaint ->
                        assertThat(complaint).contains("escaped", "Heap.allocate", "NullPointerException"));
    }

    @Test
    void aCallThatNeverSucceedsIsReported() throws IOException {
        assertThat(complaints("call\tHeap.allocate\tOUT_OF_MEMORY\t5\tfull"))
                .contains("it: no Heap.allocate succeeded")
                .noneMatch(complaint -> complaint.contains("OUT_OF_MEMORY"));
    }

    @Test
    void aCodeThatIsNotDocumentedForItsMethodIsReported() throws IOException {
        assertThat(complaints("call\tHeap.allocate\tNOT_A_DMA_BUF\t5\tno buffer"))
                .contains("it: NOT_A_DMA_BUF is not documented for Heap.allocate, but came 5 times: no buffer");
        assertThat(complaints("call\tHeaps.importFd\tNOT_A_DMA_BUF\t5\tno buffer"))
                .noneMatch(complaint -> complaint.contains("NOT_A_DMA_BUF"));
    }

    @Test
    void whatAThreadOrDescriptorMoreIsCanBeTold() {
        var before = new ProcessState(Map.of("thread a", 1, "descriptor pipe", 2));
        var after = new ProcessState(Map.of("thread a", 1, "descriptor pipe", 3, "thread b", 1));

        assertThat(after.since(before)).containsExactly("1 of descriptor pipe", "1 of thread b");
        assertThat(before.since(after)).isEmpty();
    }
}
