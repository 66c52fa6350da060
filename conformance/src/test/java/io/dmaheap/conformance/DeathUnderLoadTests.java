package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.secure.SecureWorld.Interposer;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.testkit.PlatformInHand;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The TEE dies and comes back, again and again, while several threads use a heap that it protects: what docs/protected-memory.md
 * promises for that.
 */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class DeathUnderLoadTests {
    private static final int ROUNDS = 4;
    private static final int THREADS = 4;
    private static final int STEPS = 120;

    /** The pool is gone, or its pages were lent so often without an answer that none are left. */
    private static final String[] OUT_OF_SERVICE = {"the pool is quarantined", "no contiguous"};

    private static final UUID MEDIATEK = UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final Pattern WITHHELD = Pattern.compile("(\\d+) bytes could not be unrestricted.*", Pattern.DOTALL);

    /** What a heap needs the TEE for. */
    enum Need {
        /** To give out each buffer, and to take it back. */
        EVERYTHING,
        /** To lend the pool at the first buffer, and to take it back after the last. */
        LENDING,
        /** To overwrite each buffer at its end. */
        SCRUBBING,
        /** Nothing: the memory is protected from boot on, or lent all the time. */
        NOTHING
    }

    @ParameterizedTest
    @CsvSource({
        "restricted_mtk_cm, EVERYTHING, 0, false",
        "restricted_mtk_cma, EVERYTHING, 0, false",
        "restricted_mtk_cma, EVERYTHING, 16, false",
        "'protected,trusted-ui', LENDING, 0, false",
        "'protected,secure-video-record', LENDING, 0, false",
        "'protected,trusted-ui', NOTHING, 0, true",
        "'protected,secure-video', NOTHING, 0, false",
        "sdp, NOTHING, 0, false",
        "'protected,secure-video', SCRUBBING, 0, false",
        "sdp, SCRUBBING, 0, false"
    })
    void whoMeetsTheDeathIsToldAndNothingIsLostButWhatIsCounted(String name, Need need, int parts, boolean kept)
            throws Exception {
        long seed = new Random().nextLong();
        System.out.println("DeathUnderLoadTests " + name + ", " + need + ": seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            var board = Emulator.standard();
            board.secureWorld().setSubRegions(parts);
            var reaper = new Reaper(board.secureWorld(), seed + round);
            var platform = new PlatformInHand(board);
            try (Heaps heaps = Heaps.open(options(need), platform);
                    Heap heap = heaps.find(name).orElseThrow()) {
                DmaBuf first = kept ? heap.allocate(4096) : null;
                watch(board, reaper);
                int served = storm(heaps, heap, need, reaper, seed + round);
                reaper.rest();
                if (first != null) {
                    first.close();
                }
                assertThat(reaper.deaths()).as("deaths").isPositive();
                assertThat(served).as("buffers").isPositive();
                assertNothingIsLostButWhatIsCounted(heaps, heap, need, platform);
            }
        }
    }

    private static HeapsOptions options(Need need) {
        return need == Need.SCRUBBING
                ? HeapsOptions.defaults().withSetting("plugin.heaps-restricted-linaro.scrub", VIDEO + " 0")
                : HeapsOptions.defaults();
    }

    /** Lets the reaper see every command before it is carried out and after it, and what firmware and firewall do in between. */
    private static void watch(Emulator board, Reaper reaper) {
        Interposer watched = (command, parameters, behind) -> {
            reaper.comeBy();
            var result = behind.invoke(command, parameters);
            reaper.comeBy();
            return result;
        };
        board.secureWorld().interpose(MEDIATEK, watched);
        board.secureWorld().interpose(VIDEO, watched);
        for (FaultPoint point :
                List.of(FaultPoint.LEND, FaultPoint.RECLAIM, FaultPoint.RESTRICT, FaultPoint.UNRESTRICT)) {
            board.faults().meet(point, reaper::comeBy);
        }
    }

    private static int storm(Heaps heaps, Heap heap, Need need, Reaper reaper, long seed) throws Exception {
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            var worker = new Worker(heaps, heap, need, reaper, new Random(seed + 31L * thread));
            tasks.add(new FutureTask<>(worker::work));
        }
        tasks.forEach(task -> Thread.ofPlatform().daemon().start(task));
        int served = 0;
        for (FutureTask<Integer> task : tasks) {
            served += task.get(1, TimeUnit.MINUTES);
        }
        return served;
    }

    /** Allocates and closes, and looks whether its buffers stay its own. */
    private record Worker(Heaps heaps, Heap heap, Need need, Reaper reaper, Random random) {
        private static final int MOST_HELD = 3;

        private record Held(DmaBuf buffer, long stamp) {}

        int work() {
            List<Held> held = new ArrayList<>();
            int served = 0;
            for (int step = 0; step < STEPS; step++) {
                reaper.comeBy();
                if (held.size() < MOST_HELD && random.nextBoolean()) {
                    served += allocate(held) ? 1 : 0;
                } else if (!held.isEmpty()) {
                    close(held.remove(random.nextInt(held.size())));
                }
            }
            held.forEach(this::close);
            return served;
        }

        private boolean allocate(List<Held> held) {
            int phase = reaper.phase();
            DmaBuf buffer;
            try {
                buffer = heap.allocate(4096L * (1 + random.nextInt(16)));
            } catch (HeapException refusal) {
                assertThatThisIsWhatIsToldThen(refusal, phase);
                return false;
            }
            if (need == Need.EVERYTHING) {
                assertThat(reaper.hasBeenDeadSince(phase))
                        .as("given out by the dead")
                        .isFalse();
            }
            var mine = new Held(buffer, random.nextLong());
            held.add(mine);
            Stamps.write(heaps, buffer, mine.stamp());
            return true;
        }

        private void assertThatThisIsWhatIsToldThen(HeapException refusal, int phase) {
            if (refusal.code() == ErrorCode.DEVICE_GONE) {
                assertThat(need).isNotEqualTo(Need.NOTHING);
                assertThat(reaper.hasLivedSince(phase))
                        .as("the TEE lives: %s", refusal)
                        .isFalse();
            } else {
                assertThat(need).as("%s", refusal).isEqualTo(Need.LENDING);
                assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                assertThat(refusal).message().containsAnyOf(OUT_OF_SERVICE);
            }
        }

        private void close(Held mine) {
            try (DmaBuf buffer = mine.buffer()) {
                assertThatThrownBy(buffer::read)
                        .isInstanceOfSatisfying(
                                HeapException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
                assertThat(buffer.accessList().orElseThrow().permits("cpu", Access.READ))
                        .isFalse();
                Stamps.assertStill(heaps, buffer, mine.stamp());
            }
        }
    }

    private static void assertNothingIsLostButWhatIsCounted(
            Heaps heaps, Heap heap, Need need, PlatformInHand platform) {
        long withheld = heaps.usage().quarantined();
        assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, withheld, 0));
        assertThat(heaps.problems())
                .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED))
                .allSatisfy(problem -> assertThat(problem.subject()).isEqualTo(heap.name()));
        assertThat(reported(heaps)).as("reported").isEqualTo(withheld);
        MemoryArea area = heaps.memoryMap().area(heap.name()).orElseThrow();
        List<Extent> taken = area.extents().orElseThrow();
        if (need == Need.LENDING) {
            assertThat(taken.stream().mapToLong(Extent::size).sum())
                    .as("still lent")
                    .isEqualTo(withheld);
        } else {
            assertThat(inUse(heap)).as("not free any more").isEqualTo(withheld);
        }
        for (Extent extent : taken) {
            var region = platform.region(area.name());
            assertThatThrownBy(() -> region.take(extent.base() - region.base(), AllocationRequest.of(4096)))
                    .as("for the normal world")
                    .hasMessageContaining("not free");
        }
        if (need == Need.LENDING && area.largestFreeRun() < heap.info().total().orElseThrow()) {
            assertThatThrownBy(() -> heap.allocate(4096)).message().containsAnyOf(OUT_OF_SERVICE);
        } else {
            assertThatItGoesOn(heaps, heap, need);
        }
    }

    private static long inUse(Heap heap) {
        return heap.info().total().orElseThrow() - heap.info().free().orElseThrow();
    }

    private static long reported(Heaps heaps) {
        return heaps.problems().stream()
                .map(problem -> WITHHELD.matcher(problem.message()))
                .filter(bytes -> bytes.matches())
                .mapToLong(bytes -> Long.parseLong(bytes.group(1)))
                .sum();
    }

    private static void assertThatItGoesOn(Heaps heaps, Heap heap, Need need) {
        if (heap.info().openable().yes()) {
            heap.allocate(1 << 20).close();
            assertThat(inUse(heap))
                    .isEqualTo(need == Need.LENDING ? 0 : heaps.usage().quarantined());
        } else {
            assertThat(need).isEqualTo(Need.LENDING);
            assertThatThrownBy(() -> heap.allocate(4096)).message().containsAnyOf(OUT_OF_SERVICE);
        }
    }
}
