package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The descriptor of a buffer whose export the policy denies: any code of the process finds its number in {@code /proc}. */
class OwnDescriptorTests {
    private static final String NAME =
            "own-descriptor-" + ProcessHandle.current().pid();
    private static final int PAGE = 4096;

    private final Heaps heaps = Heaps.open(HeapsOptions.defaults()
            .withPlatform("emulator")
            .withSetting("export.system", "denied")
            .withSetting("limit.system.total", "8K"));
    private final Heap heap = heaps.find("system").orElseThrow();
    private final DmaBuf buffer = heap.allocate(AllocationRequest.of(PAGE).withName(NAME));

    @AfterEach
    void nothingIsLeft() {
        buffer.close();
        heap.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
    }

    private static int number() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            List<Path> found =
                    descriptors.filter(one -> target(one).contains(NAME)).toList();
            assertThat(found).hasSize(1);
            return Integer.parseInt(found.getFirst().getFileName().toString());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static HeapException refusal(ErrorCode code, ThrowingCallable call) {
        var refused = catchThrowableOfType(HeapException.class, call);
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }

    private void assertDenied(DmaBuf handle) {
        assertThat(refusal(ErrorCode.ACCESS_DENIED, handle::exportFd)).hasMessageContaining("export.system");
    }

    @Test
    void comesBackAsTheBufferThatItIsOnceItsIdentityWasAskedFor() throws IOException {
        assertThat(buffer.info().inode()).isPositive();
        assertDenied(buffer);

        try (DmaBuf back = heaps.importFd(number())) {
            assertThat(back.info()).isEqualTo(buffer.info());
            assertThat(back.info().heap()).contains("system");
            assertDenied(back);
            assertThat(heaps.usage().buffers()).isEqualTo(1);
            buffer.close();
            assertThat(refusal(ErrorCode.LIMIT_EXCEEDED, () -> heap.allocate(2 * PAGE)))
                    .hasMessageContaining("limit.system.total");
        }
        heap.allocate(2 * PAGE).close();
    }

    @Test
    void isNoBufferAsLongAsItsIdentityWasNot() throws IOException {
        heaps.holders();

        refusal(ErrorCode.NOT_A_DMA_BUF, () -> heaps.importFd(number()));

        assertDenied(buffer);
        assertThat(heaps.usage().buffers()).isEqualTo(1);
        assertThat(heaps.usage().bytes()).isEqualTo(PAGE);
    }

    @Test
    void theListOfHoldersShowsItAndGivesNoWayAroundThePolicy() throws IOException {
        long inode = buffer.info().inode();

        assertThat(heaps.holders())
                .filteredOn(holder -> holder.inode() == inode)
                .isNotEmpty()
                .allSatisfy(holder -> assertThat(holder.pid())
                        .isEqualTo(ProcessHandle.current().pid()));

        try (DmaBuf back = heaps.importFd(number())) {
            assertDenied(back);
        }
    }
}
