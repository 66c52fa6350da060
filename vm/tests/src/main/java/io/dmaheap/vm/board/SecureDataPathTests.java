package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Usage;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeSession;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Protected buffers in the hands of the trusted application, as xtest's tests of the secure data path have them. */
@ExtendWith(NoLeaks.class)
class SecureDataPathTests {
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final int FILL = 0;
    private static final int SUM = 1;
    private static final int COPY = 2;
    private static final int WHERE = 3;
    private static final int INJECT = 4;
    private static final int TRANSFORM = 5;
    private static final int SHA256 = 6;
    private static final int SIZE = 64 << 10;
    private static final long POOL = 4 << 20;

    private final Heaps heaps = Heaps.open();
    private final Heap heap = heaps.find("protected,secure-video").orElseThrow();
    private final Tee tee = heaps.openTee("tee0");
    private final TeeSession video = tee.openSession(VIDEO);

    @AfterEach
    void close() {
        video.close();
        tee.close();
        heap.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
    }

    @Test
    void aFrameIsInjectedTransformedAndDumped() {
        try (DmaBuf buffer = heap.allocate(SIZE);
                TeeMemory frame = tee.register(buffer);
                TeeMemory clear = tee.allocate(SIZE);
                TeeMemory dump = tee.allocate(SIZE)) {
            assertThat(frame.size()).isEqualTo(SIZE);
            assertThat(video.invoke(WHERE, frame.in(), TeeParameter.valueOut()).value(1))
                    .isEqualTo(new TeeOutput.Value(1, 0));
            for (int i = 0; i < SIZE; i++) {
                clear.segment().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7));
            }
            video.invoke(INJECT, frame.out(), clear.in());
            video.invoke(TRANSFORM, frame.inOut());
            video.invoke(COPY, frame.in(), dump.out());
            for (int i = 0; i < SIZE; i++) {
                assertThat(dump.segment().get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) -(i * 7));
            }
            byte[] inside = digest(frame);
            assertThat(inside).isEqualTo(digest(dump));
        }
    }

    private byte[] digest(TeeMemory memory) {
        try (TeeMemory out = tee.allocate(32)) {
            video.invoke(SHA256, memory.in(0, SIZE), out.out(0, 32));
            return out.segment().asSlice(0, 32).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void oneApplicationPassesAFrameToAnother() {
        try (DmaBuf first = heap.allocate(SIZE);
                DmaBuf second = heap.allocate(SIZE);
                TeeMemory from = tee.register(first);
                TeeMemory to = tee.register(second);
                TeeSession other = tee.openSession(VIDEO)) {
            video.invoke(FILL, from.out(), TeeParameter.valueIn(5, 0));
            other.invoke(COPY, from.in(), to.out());
            assertThat(other.invoke(SUM, to.in(), TeeParameter.valueOut()).value(1))
                    .isEqualTo(video.invoke(SUM, from.in(), TeeParameter.valueOut())
                            .value(1));
        }
    }

    @Test
    void theCpuIsRefusedBeforeTheKernelIsAsked() {
        try (DmaBuf buffer = heap.allocate(SIZE);
                TeeMemory frame = tee.register(buffer)) {
            assertThatThrownBy(buffer::read).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE);
                assertThat(e.errno()).as("no system call failed").isEmpty();
            });
            assertThatThrownBy(frame::segment)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
        }
    }

    @Test
    void aReferenceOutOfBoundsIsNotMade() {
        try (DmaBuf buffer = heap.allocate(SIZE);
                TeeMemory frame = tee.register(buffer)) {
            assertThatThrownBy(() -> frame.in(SIZE - 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aRegistrationOutlivesHandleAndDescriptor() {
        DmaBuf buffer = heap.allocate(SIZE);
        try (TeeMemory frame = tee.register(buffer)) {
            video.invoke(FILL, frame.out(), TeeParameter.valueIn(9, 0));
            buffer.exportFd().close();
            buffer.close();
            assertThat(heaps.usage().bytes()).isEqualTo(SIZE);
            assertThat(video.invoke(SUM, frame.in(), TeeParameter.valueOut())
                            .value(1)
                            .b())
                    .isEqualTo(SIZE);
        }
        assertThat(heaps.usage().bytes()).isZero();
    }

    @Test
    void anExhaustedPoolRecovers() {
        List<DmaBuf> all = new ArrayList<>();
        try {
            for (int i = 0; i < POOL / (1 << 20); i++) {
                all.add(heap.allocate(1 << 20));
            }
            assertThatThrownBy(() -> heap.allocate(4096))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        } finally {
            all.forEach(DmaBuf::close);
        }
        heap.allocate(POOL).close();
    }

    @Test
    void ordinaryMemoryIsNotRegistered() {
        try (Heap system = heaps.find("system").orElseThrow();
                DmaBuf ordinary = system.allocate(4096)) {
            assertThatThrownBy(() -> tee.register(ordinary)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(e.errno()).contains("EINVAL");
            });
        }
    }
}
