package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.fake.OneShot;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin that breaks its contract hurts nobody but itself. */
class PluginBreachTests {
    private final FakePlatform platform = new FakePlatform();
    private final FakeHeap ops = new FakeHeap(platform);
    private final Heaps heaps = TestHeaps.open(platform, FakeProvider.of("rough", Traits.SYSTEM, ops));
    private final Heap heap = heaps.find("rough").orElseThrow();

    @AfterEach
    void nothingIsLeft() {
        heap.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    @Test
    void memoryOfALivingBufferIsNotTakenASecondTime() {
        Memory same = platform.memory(4096);
        ops.maker = request -> same;
        try (DmaBuf first = heap.allocate(4096)) {
            refusesMemoryGivenBefore();

            first.write().close();
            assertThat(platform.memories).hasValue(1);
        }
    }

    @Test
    void memoryOfABufferThatWasClosedIsNotTakenAgain() {
        Memory same = platform.memory(4096);
        ops.maker = request -> same;
        heap.allocate(4096).close();
        platform.faults.run("info", () -> {
            throw new AssertionError("memory was used after its release");
        });

        refusesMemoryGivenBefore();
        System.gc();
        refusesMemoryGivenBefore();
    }

    @Test
    void memoryThatRemembersItselfIsKnownAgainToo() {
        var forwarding = new ForwardingMemory(platform.memory(4096)) {};
        ops.maker = request -> forwarding;
        heap.allocate(4096).close();

        refusesMemoryGivenBefore();
    }

    @Test
    void memoryThatIsReleasedAgainIsReportedWithPluginAndHeap() {
        ops.maker = request -> new ForwardingMemory(new OneShot(platform.memory(request.size()))) {
            @Override
            public void release() {
                super.release();
                super.release();
            }
        };
        heap.allocate(4096).close();
        heap.allocate(4096).close();

        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.subject()).isEqualTo("rough");
            assertThat(problem.message()).contains("plugin-of-rough", "released again");
            assertThat(problem.cause().orElseThrow().getStackTrace())
                    .anyMatch(
                            frame -> frame.getClassName().startsWith(getClass().getName()));
        });
    }

    private void refusesMemoryGivenBefore() {
        assertThat(catchThrowableOfType(HeapException.class, () -> heap.allocate(4096)))
                .returns(ErrorCode.PLUGIN_FAILED, HeapException::code)
                .hasMessageContainingAll("plugin-of-rough", "given before");
    }

    static Stream<Throwable> breaches() {
        return Stream.of(
                new IllegalArgumentException("plugin"),
                new NoClassDefFoundError("plugin"),
                new StackOverflowError("plugin"),
                new IOException("smuggled"));
    }

    static Stream<Arguments> operationsAndBreaches() {
        return Stream.of("map", "segment", "begin READ", "exportFd", "info", "setName", "awaitIdle", "exportFence")
                .flatMap(operation -> breaches().map(breach -> Arguments.of(operation, breach)));
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void whateverAllocateThrowsBecomesPluginFailed(Throwable breach) {
        platform.faults.fail("allocate", breach);

        assertFailedByPlugin(() -> heap.allocate(1), breach);

        platform.faults.heal("allocate");
        heap.allocate(1).close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 40, (32L << 20) + 16384, Long.MAX_VALUE - 4095})
    void memoryThatClaimsToBeMuchLargerIsGivenBack(long claimed) {
        var released = new AtomicInteger();
        HeapOps liar = request -> new ForwardingMemory(ops.allocate(request)) {
            @Override
            public long size() {
                return claimed;
            }

            @Override
            public void release() {
                super.release();
                released.incrementAndGet();
            }
        };
        try (var heaps = TestHeaps.open(new FakePlatform(), FakeProvider.of("liar", Traits.SYSTEM, liar));
                var heap = heaps.find("liar").orElseThrow()) {
            assertThatThrownBy(() -> heap.allocate(8192))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                    .hasMessageContainingAll("plugin-of-liar", claimed + " bytes where 8192 were asked for");
            assertThat(heaps.usage().bytes()).isZero();
            assertThat(released).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 5", "5, -1", "4096, 8192", "-1, -1"})
    void aStatusThatCannotBeTrueIsNoStatus(long total, long free) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.of(total), OptionalLong.of(free)))
                .withMessageContainingAll(Long.toString(total), Long.toString(free));
    }

    @Test
    void aHeapExceptionOfThePluginReachesTheCallerAsItIs() {
        var refusal = HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build();
        platform.faults.fail("allocate", refusal);

        assertThatThrownBy(() -> heap.allocate(1)).isSameAs(refusal);
    }

    @Test
    void aJvmWithoutMemoryIsNotBlamedOnThePlugin() {
        var fatal = new OutOfMemoryError("of the test");
        platform.faults.fail("allocate", fatal);

        assertThat(catchThrowable(() -> heap.allocate(1))).isSameAs(fatal);
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        ops.maker = request -> null;

        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("returned null");
    }

    @Test
    void memoryThatIsTooSmallIsGivenBack() {
        ops.maker = request -> platform.memory(request.size() - 1);

        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContainingAll("4095", "4096");
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void memoryThatIsMadeOfNoWholePagesIsGivenBack() {
        ops.maker = request -> platform.memory(request.size() + 1);

        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContainingAll("4097", "no whole pages");
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void memoryThatIsLargerIsCountedAsItIs() {
        ops.maker = request -> platform.memory(2 * request.size());

        try (DmaBuf buffer = heap.allocate(1)) {
            assertThat(buffer.size()).isEqualTo(8192);
            assertThat(heaps.usage().bytes()).isEqualTo(8192);
        }
    }

    @Test
    void memoryWhoseSizeFailsIsGivenBack() {
        ops.maker = request -> new SizelessMemory(platform.memory(request.size()));

        assertThatThrownBy(() -> heap.allocate(1)).isInstanceOf(HeapException.class);
        assertThat(platform.memories).hasValue(0);
    }

    private record SizelessMemory(Memory memory) implements Memory {
        @Override
        public long size() {
            throw new IllegalStateException("size");
        }

        @Override
        public void release() {
            memory.release();
        }
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void aLabelThatFailsGivesTheMemoryBack(Throwable breach) {
        platform.faults.fail("setName", breach);
        platform.faults.fail("release", new IllegalStateException("and that fails too"));

        assertFailedByPlugin(() -> heap.allocate(AllocationRequest.of(1).withName("label")), breach);
        assertThat(platform.memories).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void flagsThatCannotBeToldFailTheRequestThatHasFlags(Throwable breach) {
        platform.faults.fail("heapFlags", breach);

        heap.allocate(1).close();
        assertFailedByPlugin(() -> heap.allocate(AllocationRequest.of(1).withHeapFlags(1)), breach);
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void aStatusThatFailsIsAnUnknownStatus(Throwable breach) {
        platform.faults.fail("status", breach);

        assertThat(heap.info().openable()).isEqualTo(Openable.YES);
        assertThat(heaps.heaps()).hasSize(1);
    }

    @Test
    void aStatusThatIsNotThereIsAnUnknownStatus() {
        ops.status = null;

        assertThat(heap.info().total()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void aReleaseThatFailsIsOverForTheCallerAndCountedAsDone(Throwable breach) {
        platform.faults.fail("release", breach);

        assertThatCode(() -> heap.allocate(1).close()).doesNotThrowAnyException();
        assertThat(heap.info().buffers()).isZero();
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void anUnmapThatFailsDoesNotKeepTheMemory(Throwable breach) {
        platform.faults.fail("unmap", breach);

        try (DmaBuf buffer = heap.allocate(1)) {
            buffer.read().close();
        }
        assertThat(platform.memories).hasValue(0);
        assertThat(heaps.usage().mappings()).isZero();
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void aCloseThatFailsDoesNotKeepThePlatform(Throwable breach) {
        platform.faults.fail("close", breach);

        heap.close();
        heaps.close();

        assertThat(ops.closed).hasValue(1);
        assertThat(platform.closed).hasValue(1);
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.message()).contains("failed in close");
        });
    }

    @ParameterizedTest
    @MethodSource("operationsAndBreaches")
    void anOperationThatFailsLeavesTheBufferAsItWas(String operation, Throwable breach) {
        try (DmaBuf buffer = heap.allocate(1)) {
            int fds = platform.fds();
            platform.faults.fail(operation, breach);
            assertFailedByPlugin(() -> use(operation, buffer), breach);

            platform.faults.heal(operation);
            assertThat(platform.fds()).isEqualTo(fds);
            assertThat(heaps.usage().accesses()).isZero();
            if (!operation.equals("exportFence")) {
                use(operation, buffer);
            }
            assertThat(platform.brackets).hasValue(0);
        }
    }

    private static void use(String operation, DmaBuf buffer) {
        Consumer<DmaBuf> use = switch (operation) {
            case "exportFd" -> it -> it.exportFd().close();
            case "info" -> it -> it.exportFd().close();
            case "setName" -> it -> it.setName("label");
            case "awaitIdle" -> it -> it.awaitIdle(Access.READ, Duration.ZERO);
            case "exportFence" -> it -> it.exportFence(Access.READ);
            default -> it -> it.read().close();
        };
        use.accept(buffer);
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void anEndThatFailsIsReportedAndTheAccessIsOver(Throwable breach) {
        DmaBuf buffer = heap.allocate(1);
        CpuAccess access = buffer.read();
        platform.faults.fail("end READ", breach);

        assertFailedByPlugin(access::close, breach);

        assertThatCode(access::close).doesNotThrowAnyException();
        assertThat(heaps.usage().accesses()).isZero();
        buffer.close();
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void aMappingOfTheWrongSizeIsRefused() {
        ops.maker = request -> new Mislabelled(platform, request.size());

        try (DmaBuf buffer = heap.allocate(1)) {
            assertThatThrownBy(buffer::read)
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("mapped 4096 bytes of 8192");
        }
    }

    static Stream<Arguments> segmentsThatAreNone() {
        var dead = Arena.ofConfined();
        MemorySegment closed = dead.allocate(4096);
        dead.close();
        return Stream.of(
                Arguments.of("of an arena that is closed", (UnaryOperator<MemorySegment>) _ -> closed),
                Arguments.of("that lives for ever", (UnaryOperator<MemorySegment>)
                        _ -> Arena.global().allocate(4096)),
                Arguments.of("on the heap", (UnaryOperator<MemorySegment>) _ -> MemorySegment.ofArray(new byte[4096])),
                Arguments.of("that is read-only", (UnaryOperator<MemorySegment>) MemorySegment::asReadOnly));
    }

    @ParameterizedTest(name = "a segment {0}")
    @MethodSource("segmentsThatAreNone")
    void aSegmentThatIsNotOfTheMappingIsRefused(String what, UnaryOperator<MemorySegment> instead) {
        ops.maker = request -> new ForwardingMemory(platform.memory(request.size())) {
            @Override
            public Mapping map(Access access) {
                Mapping mapping = super.map(access);
                return new Mapping() {
                    @Override
                    public MemorySegment segment(Arena scope) {
                        return instead.apply(mapping.segment(scope));
                    }

                    @Override
                    public void unmap() {
                        mapping.unmap();
                    }
                };
            }
        };
        try (DmaBuf buffer = heap.allocate(4096)) {
            assertThat(catchThrowableOfType(HeapException.class, buffer::write))
                    .as("a segment %s", what)
                    .isNotNull()
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                    .satisfies(e -> assertThat(e.operation()).contains("segment"));
            assertThat(heaps.usage().accesses()).isZero();
        }
    }

    @Test
    void aDescriptorThatWasGivenForAnotherBufferIsRefused() {
        var closed = new AtomicInteger();
        var same = new DmaBufFd(1000, _ -> closed.incrementAndGet());
        ops.maker = request -> new ForwardingMemory(platform.memory(request.size())) {
            @Override
            public DmaBufFd exportFd() {
                return same;
            }
        };
        try (DmaBuf one = heap.allocate(4096);
                DmaBuf two = heap.allocate(4096)) {
            try (DmaBufFd fd = one.exportFd()) {
                for (DmaBuf buffer : List.of(one, two)) {
                    assertThat(catchThrowableOfType(HeapException.class, buffer::exportFd))
                            .returns(ErrorCode.PLUGIN_FAILED, HeapException::code)
                            .satisfies(e -> assertThat(e.operation()).contains("exportFd"))
                            .hasMessageContainingAll("plugin-of-rough", "given before");
                }
                assertThat(fd.number()).isEqualTo(1000);
                assertThat(closed).hasValue(0);
                assertThat(heaps.usage().descriptors()).isEqualTo(1);
            }
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void aDescriptorThatIsClosedAlreadyIsRefused() {
        ops.maker = request -> new ForwardingMemory(platform.memory(request.size())) {
            @Override
            public DmaBufFd exportFd() {
                var fd = new DmaBufFd(1000, _ -> {});
                fd.close();
                return fd;
            }
        };
        try (DmaBuf buffer = heap.allocate(4096)) {
            assertThat(catchThrowableOfType(HeapException.class, buffer::exportFd))
                    .isNotNull()
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                    .satisfies(e -> assertThat(e.operation()).contains("exportFd"));
            assertThat(heaps.usage().descriptors()).isZero();
        }
    }

    private static final class Mislabelled implements Memory {
        private final Memory memory;

        Mislabelled(FakePlatform platform, long size) {
            this.memory = platform.memory(size);
        }

        @Override
        public long size() {
            return 2 * memory.size();
        }

        @Override
        public Mapping map(Access access) {
            return memory.map(access);
        }

        @Override
        public void release() {
            memory.release();
        }
    }

    private static void assertFailedByPlugin(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Throwable breach) {
        var failure = catchThrowableOfType(HeapException.class, call);
        assertThat(failure.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
        assertThat(failure).hasCause(breach).hasMessageContaining("plugin-of-rough");
        assertThat(failure.heap()).contains("rough");
        assertThat(failure.operation()).isPresent();
        assertThat(failure.hint()).isPresent();
    }
}
