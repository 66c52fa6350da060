package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationTests {
    private static final int PAGE = 4096;

    private final FakePlatform platform = new FakePlatform();
    private final FakeHeap ops = new FakeHeap(platform);
    private final Heaps heaps = TestHeaps.open(
            platform,
            TestHeaps.policy(
                    "limit.system.buffer = 1M", "limit.system.total = 2M", "limit.wide.buffer = 9223372036854775807"),
            LeakDetection.SAMPLED,
            FakeProvider.of("system", Traits.SYSTEM, ops),
            FakeProvider.of("wide", Traits.SYSTEM, ops),
            FakeProvider.of("pool", Traits.CMA, ops));
    private final Heap system = heaps.find("system").orElseThrow();
    private final Heap wide = heaps.find("wide").orElseThrow();

    @AfterEach
    void nothingIsLeft() {
        system.close();
        wide.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4096})
    void aSizeIsRoundedUpToAPage(long size) {
        try (DmaBuf buffer = system.allocate(size)) {
            assertThat(buffer.size()).isEqualTo(PAGE);
            assertThat(heaps.usage()).isEqualTo(new Usage(2, 1, 1, PAGE, 0, 0, 0, 0));
        }
    }

    @Test
    void theHeapShowsItsBuffersAndBytes() {
        try (DmaBuf one = system.allocate(1);
                DmaBuf two = system.allocate(PAGE + 1)) {
            assertThat(List.of(one, two))
                    .allSatisfy(buffer -> assertThat(buffer.info().heap()).contains("system"));
            assertThat(system.info()).returns(2L, HeapInfo::buffers).returns(3L * PAGE, HeapInfo::bytes);
        }
        assertThat(system.info()).returns(0L, HeapInfo::buffers).returns(0L, HeapInfo::bytes);
    }

    static Stream<Arguments> badRequests() {
        return Stream.of(
                Arguments.of(AllocationRequest.of(0), ErrorCode.INVALID_SIZE),
                Arguments.of(AllocationRequest.of(-1), ErrorCode.INVALID_SIZE),
                Arguments.of(AllocationRequest.of(Long.MIN_VALUE), ErrorCode.INVALID_SIZE),
                Arguments.of(AllocationRequest.of(Long.MAX_VALUE), ErrorCode.INVALID_SIZE),
                Arguments.of(AllocationRequest.of(Long.MAX_VALUE - PAGE + 1), ErrorCode.INVALID_SIZE),
                Arguments.of(AllocationRequest.of(Long.MAX_VALUE - PAGE), ErrorCode.LIMIT_EXCEEDED),
                Arguments.of(AllocationRequest.of(1L << 40), ErrorCode.LIMIT_EXCEEDED),
                Arguments.of(AllocationRequest.of(1).withHeapFlags(1), ErrorCode.INVALID_FLAGS),
                Arguments.of(AllocationRequest.of(1).withHeapFlags(Long.MIN_VALUE), ErrorCode.INVALID_FLAGS),
                Arguments.of(AllocationRequest.of(1).withName("x".repeat(32)), ErrorCode.INVALID_NAME),
                Arguments.of(AllocationRequest.of(1).withName("ä".repeat(16)), ErrorCode.INVALID_NAME),
                Arguments.of(AllocationRequest.of(1).withName("a\nb"), ErrorCode.INVALID_NAME),
                Arguments.of(AllocationRequest.of(1).withName("a\0b"), ErrorCode.INVALID_NAME));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void aBadRequestIsRefusedBeforeThePluginIsAsked(AllocationRequest request, ErrorCode code) {
        var before = heaps.usage();

        var refusal = catchThrowableOfType(HeapException.class, () -> wide.allocate(request));

        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.errno()).isPresent();
        assertThat(refusal.hint()).isPresent();
        assertThat(ops.asked).hasValue(0);
        assertThat(heaps.usage()).isEqualTo(before);
    }

    @Test
    void aLabelOf31BytesAndAnEmptyOneAreAllowed() {
        wide.allocate(AllocationRequest.of(1).withName("x".repeat(31))).close();
        wide.allocate(AllocationRequest.of(1).withName("")).close();
    }

    @Test
    void aFlagThatTheHeapKnowsIsPassedOn() {
        ops.flags = 0b101;

        wide.allocate(AllocationRequest.of(1).withHeapFlags(0b100)).close();

        assertThatThrownBy(() -> wide.allocate(AllocationRequest.of(1).withHeapFlags(0b110)))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("0x2");
    }

    @Test
    void aRequestAboveTheMemoryAvailableNamesWhatIsThere() {
        platform.available.set(100L << 20);

        assertThatThrownBy(() -> wide.allocate(91L << 20)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(e).hasMessageContainingAll(String.valueOf(90L << 20), "OOM killer", "limit.available");
        });
        wide.allocate(90L << 20).close();
    }

    @Test
    void aHeapWithAPoolOfItsOwnIsNotBoundByTheMemoryAvailable() {
        platform.available.set(0);

        try (Heap pool = heaps.find("pool").orElseThrow()) {
            pool.allocate(1L << 30).close();
        }
        assertThat(platform.readings).hasValue(0);
    }

    @Test
    void theGroupThatHoldsTheMemoryDownIsNamed() {
        platform.available.set(4096);
        assertThatThrownBy(() -> system.allocate(8192)).hasMessageContaining("more than this machine can give");
        platform.memoryLimit = Optional.of("the cgroup /box (memory.max 4096)");
        assertThatThrownBy(() -> system.allocate(8192))
                .hasMessageContaining("8192 bytes are more than the cgroup /box (memory.max 4096) can give");
    }

    @Test
    void theLargestBufferOfThePolicyIsALimit() {
        system.allocate(1 << 20).close();

        assertThatThrownBy(() -> system.allocate((1 << 20) + 1))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                .hasMessageContaining("limit.system.buffer");
    }

    @Test
    void theTotalOfThePolicyIsALimitUntilBuffersAreClosed() {
        DmaBuf one = system.allocate(1 << 20);
        DmaBuf two = system.allocate(1 << 20);

        assertThatThrownBy(() -> system.allocate(1))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                .hasMessageContaining("limit.system.total");
        one.close();
        system.allocate(1).close();
        two.close();
    }

    @Test
    void ofThreadsThatRaceForTheLastBytesExactlyAsManyWinAsFit() throws Exception {
        int threads = 4;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 300; round++) {
                DmaBuf most = system.allocate(1 << 20);
                var barrier = new CyclicBarrier(threads);
                Callable<DmaBuf> race = () -> {
                    barrier.await(30, TimeUnit.SECONDS);
                    try {
                        return system.allocate(512 << 10);
                    } catch (HeapException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                        return null;
                    }
                };
                var won = new ArrayList<DmaBuf>();
                for (Future<DmaBuf> done : pool.invokeAll(List.of(race, race, race, race), 1, TimeUnit.MINUTES)) {
                    if (done.get(30, TimeUnit.SECONDS) != null) {
                        won.add(done.get(30, TimeUnit.SECONDS));
                    }
                }
                assertThat(won).hasSize(2);
                won.forEach(DmaBuf::close);
                most.close();
            }
        }
        assertThat(system.info().bytes()).isZero();
    }

    @Test
    void aBufferKeepsItsHeapAndPlatformAliveAfterEverythingElseWasClosed() {
        DmaBuf buffer = system.allocate(1);
        system.close();
        wide.close();
        heaps.close();

        assertThat(ops.closed).as("the two heaps without buffers").hasValue(2);
        assertThat(platform.closed).hasValue(0);
        buffer.read().close();
        buffer.close();
        assertThat(ops.closed).hasValue(3);
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aRetainedHandleKeepsTheBufferAndEachHandleIsClosedForItself() {
        DmaBuf one = system.allocate(1);
        DmaBuf two = one.retain();
        one.close();
        one.close();

        assertThat(platform.memories).hasValue(1);
        assertThat(two.info().size()).isEqualTo(PAGE);
        assertThatThrownBy(one::retain).isInstanceOf(IllegalStateException.class);
        two.close();
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void everyUseOfAClosedHandleIsRefused() {
        DmaBuf buffer = system.allocate(1);
        buffer.close();

        List<Runnable> uses = List.of(
                buffer::info,
                buffer::read,
                buffer::write,
                buffer::retain,
                buffer::exportFd,
                () -> buffer.setName("x"),
                () -> buffer.sharedAccess(Access.READ),
                () -> buffer.awaitIdle(Access.READ, Duration.ZERO),
                () -> buffer.exportFence(Access.READ));
        assertThat(uses).allSatisfy(use -> assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class));
        assertThat(buffer.size()).as("what never changes can still be asked").isEqualTo(PAGE);
    }
}
