package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class BoardDeviceTests {
    private static final long MIB = 1 << 20;
    private static final String SECURE = "restricted-cm@50000000";
    private static final String VIDEO = "video@68000000";

    private final Platform board = new EmulatorPlatformProvider().open(Map.of());
    private final List<Memory> held = new ArrayList<>();

    @AfterEach
    void close() {
        held.forEach(Memory::release);
        board.close();
    }

    private Memory system(long size) {
        return hold(board.systemMemory().orElseThrow().allocate(AllocationRequest.of(size)));
    }

    private Memory region(String name, long offset, long size) {
        return hold(OnBoard.region(board, name).take(offset, AllocationRequest.of(size)));
    }

    private Memory hold(Memory memory) {
        held.add(memory);
        return memory;
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void devicesAreThoseOfTheBoardByName() {
        assertThat(board.devices())
                .extracting(PlatformDevice::name)
                .containsExactly("camera", "cpu", "decoder", "display", "encoder", "gpu", "npu", "tee");
        assertThat(device(board, "camera").constraints().needsContiguous()).isTrue();
        assertThat(device(board, "decoder").constraints().addressBits()).isEqualTo(34);
        assertThat(device(board, "decoder").regions()).containsExactly(SECURE, "restricted-cma@60000000", VIDEO);
        assertThat(device(board, "gpu").regions()).containsExactly("protected@66000000");
        assertThat(device(board, "camera").description()).contains("dmaheap,isp");
    }

    @Test
    void memoryOfARegionIsOneSegmentWhereItLies() {
        try (var mapping = device(board, "camera").map(region(VIDEO, MIB, 3 * MIB), Access.READ)) {
            assertThat(mapping.segments()).containsExactly(new Segment(0x6810_0000L, 3 * MIB));
        }
    }

    @Test
    void systemMemoryIsScatteredAndStaysWhereItIs() {
        var memory = system(3 * MIB + 4096);
        List<Segment> first;
        try (var mapping = device(board, "gpu").map(memory, Access.READ)) {
            first = mapping.segments();
            assertThat(first).hasSize(4);
            assertThat(first.stream().mapToLong(Segment::length).sum()).isEqualTo(memory.size());
        }
        try (var mapping = device(board, "decoder").map(memory, Access.WRITE)) {
            assertThat(mapping.segments()).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"camera", "display"})
    void aDeviceThatNeedsOnePieceCannotUseScatteredMemory(String name) {
        var memory = system(3 * MIB);
        assertThat(device(board, name).canAccess(memory, Access.READ)).isEqualTo(Answer.NO);
        assertRefused(ErrorCode.INCOMPATIBLE_DEVICE, () -> device(board, name).attach(memory))
                .hasMessageContaining("needs contiguous memory, and this is in 3 pieces")
                .hasMessageContaining("EBUSY");
        device(board, name).attach(region(VIDEO, 0, 3 * MIB));
    }

    @Test
    void moreSegmentsThanTheDeviceTakesAreRefused() {
        device(board, "decoder").attach(system(200 * MIB));
        assertRefused(
                        ErrorCode.INCOMPATIBLE_DEVICE,
                        () -> device(board, "decoder").attach(system(257 * MIB)))
                .hasMessageContaining("it takes 256 segments, and this has 257");
    }

    @Test
    void bounceBuffersAreAllThatTheirDeviceReaches() {
        assertRefused(ErrorCode.INCOMPATIBLE_DEVICE, () -> device(board, "npu").attach(region(VIDEO, 0, 4096)))
                .hasMessageContaining("bounce");
        var bounce = region("npu-bounce@67100000", 0, 4096);
        device(board, "npu").attach(bounce);
        assertThat(device(board, "npu").canAccess(bounce, Access.READ_WRITE)).isEqualTo(Answer.YES);
    }

    @Test
    void memoryBeyondTheAddressBitsIsRefused() {
        var high = system(8 * MIB);
        while (((EmulatedMemory) high).addresses().ranges().getLast().base() < 1L << 32) {
            high = system(8 * MIB);
        }
        var memory = high;
        assertRefused(ErrorCode.INCOMPATIBLE_DEVICE, () -> device(board, "npu").attach(memory));
        device(board, "encoder").attach(memory);
    }

    @ParameterizedTest
    @CsvSource({
        "decoder, READ_WRITE, YES",
        "display, READ, YES",
        "display, WRITE, NO",
        "camera, WRITE, YES",
        "camera, READ, NO",
        "encoder, READ, NO",
        "cpu, READ, NO",
        "tee, READ_WRITE, YES"
    })
    void protectedMemoryIsForThoseOnItsList(String name, Access direction, Answer answer) {
        assertThat(device(board, name).canAccess(region(SECURE, 0, MIB), direction))
                .isEqualTo(answer);
    }

    @Test
    void whoIsNotOnTheListCannotAttachAndTheOthersMapOnlyWhatTheyMay() {
        var memory = region(SECURE, 0, MIB);
        assertRefused(ErrorCode.ACCESS_DENIED, () -> device(board, "encoder").attach(memory))
                .hasMessageContaining("EACCES");
        device(board, "display").attach(memory);
        assertRefused(ErrorCode.ACCESS_DENIED, () -> device(board, "display").map(memory, Access.WRITE));
        device(board, "display").map(memory, Access.READ).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "plain"})
    void whatOneDeviceWritesTheOthersRead(String backing) {
        try (var other = new EmulatorPlatformProvider().open(Map.of("backing", backing));
                var arena = Arena.ofConfined()) {
            var secure = OnBoard.region(other, SECURE).take(0, AllocationRequest.of(MIB));
            var devices = other.devices();
            var frame = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 2, 3);
            var seen = arena.allocate(24, 8);
            var decoder = devices.get(2);
            var display = devices.get(3);
            try (var written = decoder.map(secure, Access.WRITE);
                    var shown = display.map(secure, Access.READ)) {
                written.write(MIB - 24, frame);
                shown.read(MIB - 24, seen);
            }
            assertThat(seen.mismatch(frame)).isEqualTo(-1);
            secure.release();
        }
    }

    @Test
    void aDeviceWritesToABufferThatOthersMayOnlyRead() {
        var memory = hold(board.systemMemory()
                .orElseThrow()
                .allocate(AllocationRequest.of(4096).withAccess(Access.READ)));
        try (var mapping = device(board, "gpu").map(memory, Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(new byte[] {7}));
        }
        var cpu = memory.map(Access.READ);
        try (var arena = Arena.ofConfined()) {
            assertThat(cpu.segment(arena).get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
        cpu.unmap();
    }

    @Test
    void aTransferAgainstTheDirectionOfTheMappingFaults() {
        try (var mapping = device(board, "decoder").map(region(VIDEO, 0, 8192), Access.READ)) {
            assertRefused(ErrorCode.BUS_FAULT, () -> mapping.write(4096, MemorySegment.ofArray(new byte[16])))
                    .hasMessageContaining("decoder may not write 0x68001000-0x68001010");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "8192, 1", "8191, 2", "0, 8193"})
    void transfersBeyondTheBufferAreRefused(long offset, int size) {
        try (var mapping = device(board, "decoder").map(system(8192), Access.READ_WRITE)) {
            var bytes = MemorySegment.ofArray(new byte[size]);
            assertThatThrownBy(() -> mapping.read(offset, bytes)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> mapping.write(offset, bytes)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aClosedMappingMovesNothing() {
        var mapping = device(board, "decoder").map(system(8192), Access.READ_WRITE);
        mapping.close();
        mapping.close();
        assertThatThrownBy(() -> mapping.read(0, MemorySegment.ofArray(new byte[1])))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void memoryOfAnotherBoardIsUnknownHere() {
        try (var other = new EmulatorPlatformProvider().open(Map.of())) {
            var foreign = other.systemMemory().orElseThrow().allocate(AllocationRequest.of(4096));
            assertThat(device(board, "gpu").canAccess(foreign, Access.READ)).isEqualTo(Answer.UNKNOWN);
            assertRefused(
                            ErrorCode.INCOMPATIBLE_DEVICE,
                            () -> device(board, "gpu").attach(foreign))
                    .hasMessageContaining("not memory of this board");
            foreign.release();
        }
    }

    @Test
    void pagesOfABufferThatIsGoneAreGivenOutAgain() {
        var machine = new EmulatorPlatformProvider().open(Map.of("memory", "1M"));
        var gpu = machine.devices().get(5);
        for (int i = 0; i < 3; i++) {
            var all = machine.systemMemory().orElseThrow().allocate(AllocationRequest.of(MIB));
            try (var mapping = gpu.map(all, Access.READ)) {
                assertThat(mapping.segments()).containsExactly(new Segment(0x4000_0000L, MIB));
            }
            all.release();
        }
        machine.close();
    }

    @Test
    void buffersThatLiveAtTheSameTimeNeverShareAPage() throws Exception {
        var gpu = device(board, "gpu");
        var memory = board.systemMemory().orElseThrow();
        var together = new CyclicBarrier(8);
        Callable<List<Segment>> allocation = () -> {
            var own = memory.allocate(AllocationRequest.of(3 * MIB + 65536 + 4096));
            List<Segment> segments;
            try (var mapping = gpu.map(own, Access.READ);
                    var again = gpu.map(own, Access.WRITE)) {
                segments = mapping.segments();
                assertThat(again.segments()).isEqualTo(segments);
                together.await(30, TimeUnit.SECONDS);
            }
            own.release();
            return segments;
        };
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 10; round++) {
                var all = new ArrayList<Segment>();
                for (var result : executor.invokeAll(Collections.nCopies(8, allocation), 1, TimeUnit.MINUTES)) {
                    all.addAll(result.get(30, TimeUnit.SECONDS));
                }
                all.sort(Comparator.comparingLong(Segment::address));
                for (int i = 1; i < all.size(); i++) {
                    assertThat(all.get(i).address())
                            .isGreaterThanOrEqualTo(
                                    all.get(i - 1).address() + all.get(i - 1).length());
                }
            }
        }
        assertThat(memory.status().free()).isEqualTo(memory.status().total());
    }
}
