package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.Choice.Verdict;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Need;
import io.dmaheap.Trait;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A heap that promises zeros keeps the promise for memory that was used before; one that does not is not taken for one that does. */
interface ZeroingContract extends Subject {
    int BUFFERS = 32;

    @ParameterizedTest
    @ValueSource(longs = {4096, 1 << 20})
    default void usedMemoryComesBackAsItWasPromised(long size) {
        if (heap().traits().zeroed() != Answer.YES) {
            assertNotChosenForZeros();
            return;
        }
        withCpu(size, first -> {
            dirty(first);
            var others = allocateUpTo(BUFFERS - 1, size);
            others.forEach(ZeroingContract::dirty);
            others.forEach(DmaBuf::close);
        });
        withCpu(size, first -> {
            assertZero(first);
            var others = allocateUpTo(BUFFERS - 1, size);
            others.forEach(ZeroingContract::assertZero);
            others.forEach(DmaBuf::close);
        });
    }

    private void assertNotChosenForZeros() {
        try (var choice = heaps().choose(Need.any().require(Trait.ZEROED))) {
            assertThat(choice.trace())
                    .filteredOn(candidate -> candidate.heap().equals(heap().name()))
                    .allSatisfy(candidate -> assertThat(candidate.verdict()).isEqualTo(Verdict.REFUSED));
        }
    }

    /** As many as the pool has, for a board may have few contiguous megabytes. */
    private List<DmaBuf> allocateUpTo(int count, long size) {
        var buffers = new ArrayList<DmaBuf>();
        while (buffers.size() < count) {
            try {
                buffers.add(heap().allocate(size));
            } catch (HeapException e) {
                assertThat(e.code()).isIn(ErrorCode.OUT_OF_MEMORY, ErrorCode.LIMIT_EXCEEDED);
                break;
            }
        }
        return buffers;
    }

    private static void dirty(DmaBuf buffer) {
        try (var access = buffer.write()) {
            access.segment().fill((byte) 0xFF);
        }
    }

    private static void assertZero(DmaBuf buffer) {
        var zeros = MemorySegment.ofArray(new byte[(int) buffer.size()]);
        try (var access = buffer.read()) {
            assertThat(access.segment().mismatch(zeros))
                    .as("first byte that is not zero")
                    .isEqualTo(-1);
        }
    }
}
