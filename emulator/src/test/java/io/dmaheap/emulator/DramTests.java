package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DramTests {

    @Test
    void theLastByteCanBeTakenAndNoneBeyondIt() {
        var dram = new Dram(8192);
        dram.take(8192);
        assertThatThrownBy(() -> dram.take(1)).isInstanceOfSatisfying(HeapException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(refusal.errno()).contains("ENOMEM");
        });
        dram.giveBack(8192);
        assertThat(dram.free()).isEqualTo(8192);
    }

    @Test
    void aRefusalTakesNothing() {
        var dram = new Dram(8192);
        assertThatThrownBy(() -> dram.take(Long.MAX_VALUE)).isInstanceOf(HeapException.class);
        assertThat(dram.free()).isEqualTo(8192);
    }

    @Test
    void threadsThatRaceForItNeverGetMoreThanThereIs() throws Exception {
        var dram = new Dram(100 * 4096);
        var held = new AtomicInteger();
        try (var executor = Executors.newFixedThreadPool(8)) {
            var results = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 8; thread++) {
                results.add(executor.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        try {
                            dram.take(4096);
                            held.incrementAndGet();
                        } catch (HeapException full) {
                            assertThat(full.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                        }
                    }
                }));
            }
            for (Future<?> result : results) {
                result.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(held.get()).isEqualTo(100);
        assertThat(dram.free()).isZero();
    }
}
