package io.dmaheap.testkit.fault;

import static io.dmaheap.testkit.fault.Callback.ALLOCATE;
import static io.dmaheap.testkit.fault.Callback.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Memory;
import io.dmaheap.testkit.fake.FakeHeap;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultyHeapTests {
    private static final AllocationRequest PAGE = AllocationRequest.of(4096);

    private final FakeHeap working = new FakeHeap("fake");
    private final Faults faults = new Faults();
    private final FaultyHeap heap = new FaultyHeap(working, faults);

    /** How to make the framework's calls on memory, but for those that every test makes. */
    private static final Map<Callback, Consumer<Memory>> CALLS = Map.ofEntries(
            Map.entry(Callback.SIZE, Memory::size),
            Map.entry(Callback.INFO, Memory::info),
            Map.entry(Callback.MAP, memory -> memory.map(Access.READ)),
            Map.entry(Callback.BEGIN_CPU_ACCESS, memory -> memory.beginCpuAccess(Access.READ)),
            Map.entry(Callback.END_CPU_ACCESS, memory -> memory.endCpuAccess(Access.READ)),
            Map.entry(Callback.AWAIT_IDLE, memory -> memory.awaitIdle(Access.READ, Duration.ZERO)),
            Map.entry(Callback.EXPORT_FENCE, memory -> memory.exportFence(Access.READ)),
            Map.entry(Callback.ACCESS_LIST, Memory::accessList),
            Map.entry(Callback.SECURE_HANDLE, Memory::secureHandle),
            Map.entry(Callback.EXPORT_FD, Memory::exportFd),
            Map.entry(Callback.SET_NAME, memory -> memory.setName("x")));

    @AfterEach
    void theWorkingHeapHasEverythingBack() {
        assertThat(working.held()).isZero();
    }

    @Test
    void theNthAllocationFailsAndNoOther() {
        faults.on(
                ALLOCATE,
                2,
                () -> HeapException.of(ErrorCode.OUT_OF_MEMORY, "the pool is empty")
                        .build());
        heap.allocate(PAGE).release();
        assertThatThrownBy(() -> heap.allocate(PAGE))
                .isInstanceOf(HeapException.class)
                .hasMessage("the pool is empty");
        heap.allocate(PAGE).release();
        assertThat(faults.calls(ALLOCATE)).isEqualTo(3);
        assertThat(faults.calls(RELEASE)).isEqualTo(2);
    }

    @Test
    void everyAllocationFailsUntilTheFaultIsTakenAway() {
        faults.onEvery(ALLOCATE, () -> new IOException("a checked exception that no signature shows"));
        assertThatThrownBy(() -> heap.allocate(PAGE)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> heap.allocate(PAGE)).isInstanceOf(IOException.class);
        faults.none();
        heap.allocate(PAGE).release();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "SIZE",
                "INFO",
                "MAP",
                "BEGIN_CPU_ACCESS",
                "END_CPU_ACCESS",
                "AWAIT_IDLE",
                "EXPORT_FENCE",
                "ACCESS_LIST",
                "SECURE_HANDLE",
                "EXPORT_FD",
                "SET_NAME"
            })
    void anyCallOnMemoryCanFail(Callback callback) {
        faults.onEvery(callback, () -> new StackOverflowError("of the plugin"));
        var memory = heap.allocate(PAGE);
        assertThatThrownBy(() -> CALLS.get(callback).accept(memory)).isInstanceOf(StackOverflowError.class);
        memory.release();
    }

    @Test
    void whatGivesBackGivesBackAndThenFails() {
        faults.onEvery(RELEASE, () -> new IllegalStateException("of the plugin"));
        var memory = heap.allocate(PAGE);
        assertThatThrownBy(memory::release).hasMessage("of the plugin");
    }

    @Test
    void mappingsFailToo() {
        faults.on(Callback.SEGMENT, 2, () -> new IllegalStateException("no view"))
                .onEvery(Callback.UNMAP, () -> new IllegalStateException("no unmap"));
        var memory = heap.allocate(PAGE);
        var mapping = memory.map(Access.READ_WRITE);
        try (var arena = Arena.ofConfined()) {
            mapping.segment(arena).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            assertThatThrownBy(() -> mapping.segment(arena)).hasMessage("no view");
        }
        assertThatThrownBy(mapping::unmap).hasMessage("no unmap");
        memory.release();
    }

    @Test
    void theHeapsOwnCallsFailToo() {
        faults.onEvery(Callback.STATUS, () -> new IllegalStateException("status"))
                .onEvery(Callback.HEAP_FLAGS, () -> new IllegalStateException("flags"))
                .onEvery(Callback.CLOSE, () -> new IllegalStateException("close"));
        assertThatThrownBy(heap::status).hasMessage("status");
        assertThatThrownBy(heap::heapFlags).hasMessage("flags");
        assertThatThrownBy(heap::close).hasMessage("close");
    }

    @Test
    void noCallOnMemoryPassesTheWrapperBy() {
        var wrapped = Arrays.stream(FaultyMemory.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();
        assertThat(Memory.class.getMethods()).extracting(Method::getName).isSubsetOf(wrapped);
    }
}
