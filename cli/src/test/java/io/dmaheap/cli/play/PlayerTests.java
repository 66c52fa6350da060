package io.dmaheap.cli.play;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlayerTests {
    private final List<FakeBuffer> made = new ArrayList<>();

    private FakeBuffer make(long size) {
        var buffer = new FakeBuffer(size);
        made.add(buffer);
        return buffer;
    }

    private static Event.Allocate allocate(String id, String client) {
        return new Event.Allocate(0, id, 8192, Optional.empty(), Optional.of(client));
    }

    @Test
    void everythingIsGivenBackAndMeasured() {
        try (var player = new Player(heap -> request -> make(request.size()))) {
            Profiles.named("app-switch").workload(1, 1).run(player);
            assertThat(player.peakBuffers()).isEqualTo(50);
            assertThat(player.peakBytes()).isEqualTo(50 * 256 * 1024);
            assertThat(player.bytes()).isZero();
            assertThat(player.bench().timings().summaries().get(Operation.CLOSE).count())
                    .isEqualTo(500);
        }
        assertThat(made).hasSize(500).allMatch(FakeBuffer::isClosed);
    }

    @Test
    void aFailedAllocationIsCountedAndWhatFollowsItIsLeftOut() {
        var failure =
                HeapException.of(ErrorCode.OUT_OF_MEMORY, "the pool is empty").build();
        try (var player = new Player(heap -> request -> {
            if (made.size() == 1) {
                throw failure;
            }
            return make(request.size());
        })) {
            player.accept(allocate("a", "c"));
            player.accept(allocate("b", "c"));
            player.accept(allocate("d", "c"));
            player.accept(new Event.Use(1, "b"));
            player.accept(new Event.Free(1, "b"));
            assertThat(player.failures().counts())
                    .containsExactly(new Failures.Count(ErrorCode.OUT_OF_MEMORY, 2, "the pool is empty"));
            assertThat(player.buffers()).isEqualTo(1);
        }
        assertThat(made).allMatch(FakeBuffer::isClosed);
    }

    @Test
    void aCrashTakesTheBuffersOfItsClientOnly() {
        try (var player = new Player(heap -> request -> make(request.size()))) {
            player.accept(allocate("a", "camera"));
            player.accept(allocate("b", "display"));
            player.accept(new Event.Crash(1, "camera"));
            assertThat(made).extracting(FakeBuffer::isClosed).containsExactly(true, false);
        }
    }

    @Test
    void bytesThatAreNotZeroAreFoundWhereverTheyAre() {
        try (var player = new Player(heap -> request -> make(request.size()).dirty())) {
            player.accept(allocate("a", "c"));
            assertThat(player.bench().inspection().nonZeroBytes()).isEqualTo(1);
            assertThat(player.bench().inspection().clean()).isFalse();
        }
    }

    @Test
    void pagesThatForgetWhatWasWrittenAreFound() {
        try (var player = new Player(heap -> request -> make(request.size()).forgetful())) {
            player.accept(allocate("a", "c"));
            player.accept(new Event.Use(1, "a"));
            assertThat(player.bench().inspection().lostPages()).isEqualTo(1);
            assertThat(player.bench().inspection().clean()).isFalse();
        }
    }

    @Test
    void percentilesAreValuesThatOccurred() {
        var timings = new Timings();
        for (int i = 100; i >= 1; i--) {
            timings.add(Operation.SYNC, i);
        }
        assertThat(timings.summaries()).containsOnlyKeys(Operation.SYNC);
        assertThat(timings.summaries().get(Operation.SYNC)).isEqualTo(new Timings.Summary(100, 50, 95, 99, 100));
    }
}
