package io.dmaheap.core;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CpuAccessTests {
    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps = TestHeaps.open(
            platform,
            FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)),
            FakeProvider.of(
                    "protected,video",
                    Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video")),
                    new FakeHeap(platform)));
    private final Heap system = heaps.find("system").orElseThrow();
    private final DmaBuf buffer = system.allocate(4096);

    @AfterEach
    void nothingIsLeft() {
        buffer.close();
        system.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    private static <T> T onAnotherThread(Callable<T> call) throws Exception {
        var task = new FutureTask<>(call);
        Thread.ofPlatform().start(task);
        return task.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void beginsAndEndsForTheSameAccess(Access access) {
        try (CpuAccess scope = buffer.access(access)) {
            assertThat(scope.access()).isEqualTo(access);
            assertThat(heaps.usage().accesses()).isEqualTo(1);
        }
        assertThat(platform.faults.calls())
                .endsWith("allocate", "map READ_WRITE", "map", "segment", "begin " + access, "end " + access);
    }

    @Test
    void endsWhenWhatHappensInsideFails() {
        assertThatThrownBy(() -> {
                    try (CpuAccess scope = buffer.write()) {
                        scope.segment().get(JAVA_BYTE, 4096);
                    }
                })
                .isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(platform.brackets).hasValue(0);
        assertThat(heaps.usage().accesses()).isZero();
    }

    @Test
    void theMappingIsMadeOnceAndRemovedWithTheBuffer() {
        buffer.read().close();
        buffer.write().close();

        assertThat(platform.faults.calls().stream().filter("map"::equals)).hasSize(1);
        assertThat(heaps.usage().mappings()).isEqualTo(1);
        buffer.close();
        assertThat(platform.mappings).hasValue(0);
        assertThat(platform.faults.calls()).last().isEqualTo("release");
    }

    @Test
    void manyThreadsThatAreTheFirstShareOneMapping() throws Exception {
        int threads = 4;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 200; round++) {
                try (DmaBuf fresh = system.allocate(1)) {
                    var barrier = new CyclicBarrier(threads);
                    var tasks = new ArrayList<Callable<Void>>();
                    for (int i = 0; i < threads; i++) {
                        tasks.add(() -> {
                            barrier.await(30, TimeUnit.SECONDS);
                            fresh.read().close();
                            return null;
                        });
                    }
                    for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                        done.get(30, TimeUnit.SECONDS);
                    }
                    assertThat(platform.mappings).hasValue(1);
                }
            }
        }
    }

    @Test
    void theSegmentIsTheWholeBufferAndDiesWithTheAccess() {
        CpuAccess access = buffer.write();
        MemorySegment kept = access.segment();
        assertThat(kept.byteSize()).isEqualTo(4096);
        kept.set(JAVA_BYTE, 4095, (byte) 1);
        access.close();

        assertThatThrownBy(() -> kept.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(access::segment).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void readAccessCannotWrite() {
        try (CpuAccess access = buffer.read()) {
            assertThat(access.segment().isReadOnly()).isTrue();
        }
        try (CpuAccess access = buffer.access(Access.READ_WRITE)) {
            assertThat(access.segment().isReadOnly()).isFalse();
        }
    }

    @Test
    void closingTwiceEndsOnce() {
        CpuAccess access = buffer.read();
        access.close();
        access.close();

        assertThat(platform.faults.calls().stream().filter("end READ"::equals)).hasSize(1);
    }

    @Test
    void aConfinedAccessBelongsToItsThread() throws Exception {
        try (CpuAccess access = buffer.write()) {
            MemorySegment segment = access.segment();

            onAnotherThread(() -> {
                assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(access::close).isInstanceOf(WrongThreadException.class);
                return null;
            });

            segment.set(JAVA_BYTE, 0, (byte) 1);
            assertThat(heaps.usage().accesses()).as("it stayed open").isEqualTo(1);
        }
    }

    @Test
    void aSharedAccessCanBeUsedAndClosedByAnotherThread() throws Exception {
        CpuAccess access = buffer.sharedAccess(Access.WRITE);

        onAnotherThread(() -> {
            access.segment().set(JAVA_BYTE, 0, (byte) 7);
            return null;
        });
        assertThat(access.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        onAnotherThread(() -> {
            access.close();
            return null;
        });

        assertThatThrownBy(access::segment).isInstanceOf(IllegalStateException.class);
        assertThat(platform.brackets).hasValue(0);
    }

    @Test
    void aSharedAccessStaysOpenWhileANativeCallOfAnotherThreadUsesItsSegment() throws Exception {
        try (DmaBuf large = system.allocate(1 << 20)) {
            CpuAccess access = large.sharedAccess(Access.READ);
            Pipe pipe = Pipe.open();
            ByteBuffer bytes = access.segment().asByteBuffer();
            var writer = new FutureTask<>(() -> pipe.sink().write(bytes));
            Thread.ofPlatform().start(writer);
            // One byte came through, and far more than a pipe holds is left: the writer is inside the system call.
            pipe.source().read(ByteBuffer.allocate(1));

            assertThatThrownBy(access::close).isInstanceOf(IllegalStateException.class);

            assertThat(access.segment().get(JAVA_BYTE, 0)).isZero();
            assertThat(platform.brackets).hasValue(1);
            assertThat(heaps.usage().accesses()).isEqualTo(1);
            var rest = ByteBuffer.allocate(1 << 20);
            while (rest.position() < (1 << 20) - 1) {
                pipe.source().read(rest);
            }
            writer.get(30, TimeUnit.SECONDS);
            access.close();
            assertThat(platform.brackets).hasValue(0);
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void ofThreadsThatCloseASharedAccessOneEndsIt() throws Exception {
        int threads = 4;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 300; round++) {
                CpuAccess access = buffer.sharedAccess(Access.READ);
                var barrier = new CyclicBarrier(threads);
                var tasks = new ArrayList<Callable<Void>>();
                for (int i = 0; i < threads; i++) {
                    tasks.add(() -> {
                        barrier.await(30, TimeUnit.SECONDS);
                        access.close();
                        return null;
                    });
                }
                for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                    done.get(30, TimeUnit.SECONDS);
                }
                assertThat(platform.brackets).hasValue(0);
                assertThat(heaps.usage().accesses()).isZero();
            }
        }
    }

    @Test
    void accessesNest() {
        try (CpuAccess outer = buffer.write()) {
            try (CpuAccess inner = buffer.read()) {
                assertThat(inner.segment().get(JAVA_BYTE, 0)).isZero();
                assertThat(heaps.usage().accesses()).isEqualTo(2);
            }
            outer.segment().set(JAVA_BYTE, 0, (byte) 1);
        }
        assertThat(platform.faults.calls()).containsSubsequence("begin WRITE", "begin READ", "end READ", "end WRITE");
    }

    @Test
    void anOpenAccessKeepsTheBufferWhoseHandleWasClosed() {
        CpuAccess access = buffer.write();
        buffer.close();

        access.segment().set(JAVA_BYTE, 0, (byte) 1);
        assertThat(platform.memories).hasValue(1);
        assertThat(heaps.usage().buffers()).isEqualTo(1);
        access.close();
        assertThat(platform.memories).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void protectedMemoryIsRefusedBeforeThePlatformIsAsked(Access access) {
        try (Heap heap = heaps.find("protected,video").orElseThrow();
                DmaBuf frame = heap.allocate(4096)) {
            int calls = platform.faults.calls().size();

            assertThatThrownBy(() -> frame.access(access)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE);
                assertThat(e).hasMessageContainingAll("protected", "secure-video", "protected,video");
                assertThat(e.hint()).isPresent();
            });
            assertThatThrownBy(() -> frame.sharedAccess(access)).isInstanceOf(HeapException.class);
            assertThat(platform.faults.calls()).hasSize(calls);
        }
    }

    @ParameterizedTest
    @CsvSource({"READ, WRITE", "READ, READ_WRITE", "WRITE, READ", "WRITE, WRITE", "WRITE, READ_WRITE"})
    void accessBeyondWhatTheBufferWasAllocatedForIsRefused(Access granted, Access wanted) {
        try (DmaBuf limited = system.allocate(AllocationRequest.of(1).withAccess(granted))) {
            assertThatThrownBy(() -> limited.access(wanted)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
                assertThat(e.errno()).contains("EACCES");
                assertThat(e.hint()).isPresent();
            });
        }
        assertThat(platform.faults.calls()).doesNotContain("map");
    }

    @Test
    void aBufferAllocatedForReadingIsMappedForReading() {
        try (DmaBuf limited = system.allocate(AllocationRequest.of(1).withAccess(Access.READ))) {
            limited.read().close();
        }
        assertThat(platform.faults.calls()).contains("map READ").doesNotContain("map READ_WRITE");
    }

    @Test
    void aFailedBeginLeavesNoAccess() {
        platform.faults.fail(
                "begin READ",
                HeapException.of(ErrorCode.SYSTEM_ERROR, "sync failed").build());

        assertThatThrownBy(buffer::read).isInstanceOf(HeapException.class);
        assertThat(platform.faults.calls()).doesNotContain("end READ");
        assertThat(heaps.usage().accesses()).isZero();
    }
}
