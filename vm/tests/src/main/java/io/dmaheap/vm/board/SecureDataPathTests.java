package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.tee.Tee;
import io.dmaheap.testkit.SecureDataPathContractTest;
import org.junit.jupiter.api.Test;

/** The secure data path through the real OP-TEE, whose secure RAM the CPU truly cannot read. */
class SecureDataPathTests extends SecureDataPathContractTest {
    private static final long POOL = 4 << 20;

    @Override
    protected String heapName() {
        return "protected,secure-video";
    }

    @Test
    void thePoolIsGivenOutToItsLastByte() {
        try (DmaBuf all = heap().allocate(POOL)) {
            assertThat(all.size()).isEqualTo(POOL);
            assertThatThrownBy(() -> heap().allocate(4096))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        }
        heap().allocate(POOL).close();
    }

    @Test
    void ordinaryMemoryIsNotRegistered() {
        try (Tee tee = heaps().openTee(teeName());
                Heap system = heaps().find("system").orElseThrow();
                DmaBuf ordinary = system.allocate(4096)) {
            assertThatThrownBy(() -> tee.register(ordinary)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(e.errno()).contains("EINVAL");
            });
        }
    }
}
