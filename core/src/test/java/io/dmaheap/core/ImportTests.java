package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakeMemory;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ImportTests {
    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps =
            TestHeaps.open(platform, FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));

    @AfterEach
    void nothingIsLeft() {
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    private DmaBuf allocate() {
        try (Heap heap = heaps.find("system").orElseThrow()) {
            return heap.allocate(4096);
        }
    }

    @Test
    void aForeignBufferIsCountedAndBelongsToNoHeap() {
        int fd = platform.foreignFd(8192);

        try (DmaBuf imported = heaps.importFd(fd)) {
            assertThat(imported.size()).isEqualTo(8192);
            assertThat(imported.info().heap()).isEmpty();
            assertThat(imported.toString()).contains("imported");
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 1, 1, 8192, 0, 0, 0, 0));
        }
        platform.closeFd(fd);
    }

    @Test
    void theSameBufferImportedTwiceIsOneBuffer() {
        int fd = platform.foreignFd(8192);

        try (DmaBuf one = heaps.importFd(fd);
                DmaBuf two = heaps.importFd(fd)) {
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 2, 1, 8192, 0, 0, 0, 0));
            one.read().close();
            two.read().close();
            assertThat(platform.mappings).hasValue(1);
        }
        platform.closeFd(fd);
    }

    @Test
    void ourOwnExportComesBackAsTheBufferItIs() {
        try (DmaBuf own = allocate();
                DmaBufFd fd = own.exportFd();
                DmaBuf back = heaps.importFd(fd.number())) {
            assertThat(back.info().heap()).contains("system");
            assertThat(back.traits()).isEqualTo(Traits.SYSTEM);
            assertThat(heaps.usage()).isEqualTo(new Usage(0, 2, 1, 4096, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0));
        }
    }

    @Test
    void anOpenDescriptorKeepsItsBufferWhichItComesBackAs() {
        DmaBufFd fd;
        try (DmaBuf own = allocate()) {
            fd = own.exportFd();
        }
        assertThat(heaps.usage()).isEqualTo(new Usage(0, 0, 1, 4096, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0));

        try (DmaBuf back = heaps.importFd(fd.number())) {
            assertThat(back.info().heap()).contains("system");
        }
        assertThat(platform.memories).hasValue(1);
        fd.close();
    }

    @Test
    void aDescriptorThatWasGivenAwayOutlivesTheBufferAndComesBackAsAForeignOne() {
        DmaBuf own = allocate();
        int fd = own.exportFd().release();
        own.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);

        try (DmaBuf back = heaps.importFd(fd)) {
            assertThat(back.info()).returns(4096L, BufferInfo::size);
            assertThat(back.info().heap()).isEmpty();
        }
        platform.closeFd(fd);
    }

    @Test
    void aDescriptorOfOursIsKnownThoughItWasNeverExported() {
        var memory = new AtomicReference<FakeMemory>();
        var ops = new FakeHeap(platform);
        ops.maker = request -> {
            memory.set(platform.memory(request.size()));
            return memory.get();
        };
        try (var strict = TestHeaps.open(
                        platform,
                        TestHeaps.policy("export.vault = denied", "limit.vault.total = 4K"),
                        LeakDetection.SAMPLED,
                        FakeProvider.of("vault", Traits.CMA, ops));
                Heap vault = strict.find("vault").orElseThrow();
                DmaBuf own = vault.allocate(4096)) {
            int fd = platform.ownFd(memory.get());

            try (DmaBuf back = strict.importFd(fd)) {
                assertThat(back.info().heap()).contains("vault");
                assertThatThrownBy(back::exportFd).hasMessageContaining("export.vault");
                own.close();
                assertThatThrownBy(() -> vault.allocate(4096)).hasMessageContaining("limit.vault.total");
            }
            vault.allocate(4096).close();
            platform.closeFd(fd);
        }
        platform.closed.set(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, (1L << 52) + 1, 1L << 62, Long.MAX_VALUE})
    void aSizeThatNoMemoryHasIsRefused(long size) {
        int fd = platform.foreignFd(size);

        assertThatThrownBy(() -> heaps.importFd(fd)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE);
            assertThat(e.errno()).contains("EINVAL");
            assertThat(e.hint()).isPresent();
        });
        assertThat(platform.memories).hasValue(0);
        platform.closeFd(fd);
    }

    @Test
    void sizesThatOthersTellNeverMakeTheSumNegative() {
        int[] fds = new int[2049];
        List<DmaBuf> taken = new ArrayList<>();
        for (int i = 0; i < fds.length; i++) {
            fds[i] = platform.foreignFd(1L << 52);
            taken.add(heaps.importFd(fds[i]));
        }
        assertThat(heaps.usage().bytes()).isEqualTo(Long.MAX_VALUE);

        taken.subList(1, taken.size()).forEach(DmaBuf::close);

        assertThat(heaps.usage().bytes()).isEqualTo(1L << 52);
        taken.getFirst().close();
        for (int fd : fds) {
            platform.closeFd(fd);
        }
    }

    @Test
    void buffersWithoutAnIdentityAreNotTakenForOneAnother() {
        int small = platform.anonymousFd(4096);
        int large = platform.anonymousFd(8192);

        try (DmaBuf one = heaps.importFd(small);
                DmaBuf two = heaps.importFd(large)) {
            assertThat(List.of(one.size(), two.size())).containsExactly(4096L, 8192L);
        }
        platform.closeFd(small);
        platform.closeFd(large);
    }

    @Test
    void aWriteToAForeignBufferMapsItForBothSinceNothingIsMappedForWritingOnly() {
        int fd = platform.foreignFd(4096);

        try (DmaBuf imported = heaps.importFd(fd)) {
            imported.read().close();
            imported.write().close();
            imported.access(Access.READ_WRITE).close();
        }
        assertThat(platform.faults.calls())
                .contains("map READ", "map READ_WRITE")
                .doesNotContain("map WRITE");
        platform.closeFd(fd);
    }

    @Test
    void aClosedDescriptorIsRefused() {
        assertThatThrownBy(() -> heaps.importFd(77))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF));
    }

    @ParameterizedTest
    @ValueSource(strings = {"importFd", "info", "traits"})
    void anImportThatFailsHalfwayGivesEverythingBack(String operation) {
        int fd = platform.foreignFd(4096);
        var failure = HeapException.of(ErrorCode.SYSTEM_ERROR, "of the test").build();
        platform.faults.fail(operation, failure);

        assertThat(catchThrowable(() -> heaps.importFd(fd))).isSameAs(failure);

        platform.faults.heal(operation);
        assertThat(platform.memories).hasValue(0);
        heaps.importFd(fd).close();
        platform.closeFd(fd);
    }

    @Test
    void aSecondImportWhoseOwnMemoryFailsToBeReleasedStillGivesTheBuffer() {
        int fd = platform.foreignFd(4096);
        DmaBuf one = heaps.importFd(fd);
        platform.faults.fail("release", new IllegalStateException("of the test"));

        heaps.importFd(fd).close();
        one.close();

        platform.closeFd(fd);
    }

    @Test
    void anImportedBufferKeepsThePlatformOpen() {
        int fd = platform.foreignFd(4096);
        DmaBuf imported = heaps.importFd(fd);
        platform.closeFd(fd);
        heaps.close();

        assertThat(platform.closed).hasValue(0);
        imported.read().close();
        imported.close();
        assertThat(platform.closed).hasValue(1);
        assertThatThrownBy(() -> heaps.importFd(fd)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void importsAndClosesThatRaceLeaveNothing() throws Exception {
        long seed = System.nanoTime();
        int threads = 4;
        int[] fds = {platform.foreignFd(4096), platform.foreignFd(8192)};
        try (DmaBuf own = allocate();
                DmaBufFd exported = own.exportFd();
                var pool = Executors.newFixedThreadPool(threads)) {
            var barrier = new CyclicBarrier(threads);
            var tasks = new ArrayList<Callable<Void>>();
            for (int i = 0; i < threads; i++) {
                var random = new Random(seed + i);
                tasks.add(() -> {
                    barrier.await(30, TimeUnit.SECONDS);
                    for (int round = 0; round < 5_000; round++) {
                        int choice = random.nextInt(3);
                        try (DmaBuf buffer = heaps.importFd(choice == 2 ? exported.number() : fds[choice])) {
                            if (random.nextInt(8) == 0) {
                                buffer.exportFd().close();
                            }
                            if (random.nextInt(8) == 0) {
                                buffer.read().close();
                            }
                            assertThat(buffer.size()).as("seed %d", seed).isEqualTo(choice == 1 ? 8192 : 4096);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                done.get(30, TimeUnit.SECONDS);
            }
            assertThat(heaps.usage())
                    .as("seed %d", seed)
                    .isEqualTo(new Usage(0, 1, 1, 4096, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0));
        }
        platform.closeFd(fds[0]);
        platform.closeFd(fds[1]);
    }

    @Test
    void anImportThatRacesWithTheEndOfTheHeapsLeavesNothing() throws Exception {
        try (var pool = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 500; round++) {
                var fresh = new FakePlatform();
                int fd = fresh.foreignFd(4096);
                var opened = TestHeaps.open(fresh);
                var barrier = new CyclicBarrier(2);
                Future<?> importing = pool.submit(() -> {
                    barrier.await(30, TimeUnit.SECONDS);
                    try (DmaBuf imported = opened.importFd(fd)) {
                        assertThat(imported.size()).isEqualTo(4096);
                    } catch (IllegalStateException closed) {
                        assertThat(closed).hasMessageContaining("closed");
                    }
                    return null;
                });
                barrier.await(30, TimeUnit.SECONDS);
                opened.close();
                importing.get(30, TimeUnit.SECONDS);
                assertThat(fresh.closed).hasValue(1);
                fresh.closeFd(fd);
                fresh.assertNothingHeld();
            }
        }
    }
}
