package io.dmaheap.emulator;

import static io.dmaheap.emulator.OnBoard.region;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.MemoryMap;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeSession;
import io.dmaheap.testkit.NoLeaks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every operation on a board, with every one of its fault points failing once, each time it is passed: the same thing works on the same
 * object right afterwards, and in the end the memory is as it was before.
 */
@ExtendWith(NoLeaks.class)
class BoardFailureSweepTests {
    private static final int MIB = 1 << 20;
    private static final int TRUSTED_UI = 2;
    private static final UUID MEDIATEK = UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");
    private static final int ZALLOC = 0x10000;
    private static final int FREE = 0x10001;
    private static final int LENT = 2;

    private static final Map<String, Operation> OPERATIONS = Map.of(
            "scattered pages", BoardFailureSweepTests::useScatteredPages,
            "pages of a CMA region", BoardFailureSweepTests::useRegion,
            "a carveout", BoardFailureSweepTests::useCarveout,
            "a loan to the firewall", BoardFailureSweepTests::lendToTheFirewall,
            "a loan to OP-TEE", BoardFailureSweepTests::lendToOptee,
            "two loans to MediaTek's secure memory", BoardFailureSweepTests::lendToMediaTek);

    private interface Operation {
        void run(Platform board, Steps steps);
    }

    /** Tries each step again, once. */
    private static final class Steps {
        private int failures;

        <T> T take(Supplier<T> step) {
            try {
                return step.get();
            } catch (HeapException _) {
                failures++;
                return step.get();
            }
        }

        void run(Runnable step) {
            take(() -> {
                step.run();
                return true;
            });
        }
    }

    @TestFactory
    Stream<DynamicTest> whatFailedWorksOnTheSameObjectOnceTheCauseIsGone() {
        return OPERATIONS.entrySet().stream()
                .flatMap(operation -> Arrays.stream(FaultPoint.values())
                        .flatMap(point -> LongStream.rangeClosed(1, passages(operation.getValue(), point))
                                .mapToObj(passage -> DynamicTest.dynamicTest(
                                        operation.getKey() + ": " + point + " fails at passage " + passage,
                                        () -> failing(operation.getValue(), point, passage)))));
    }

    private static long passages(Operation operation, FaultPoint point) {
        Emulator emulator = Emulator.standard();
        try (Platform board = emulator.open(Map.of())) {
            operation.run(board, new Steps());
        }
        return emulator.faults().passages(point);
    }

    private static void failing(Operation operation, FaultPoint point, long passage) {
        Emulator emulator = Emulator.standard();
        try (Platform board = emulator.open(Map.of())) {
            MemoryMap before = board.memoryMap();
            if (passage == 1) {
                emulator.faults().fail(point, 1);
            }
            emulator.faults().meet(point, () -> {
                if (emulator.faults().passages(point) == passage - 1) {
                    emulator.faults().fail(point, 1);
                }
            });
            var steps = new Steps();
            operation.run(board, steps);
            assertThat(steps.failures).isOne();
            assertThat(board.memoryMap()).isEqualTo(before);
        }
    }

    private static void useScatteredPages(Platform board, Steps steps) {
        var heap = board.systemMemory().orElseThrow();
        steps.take(() -> heap.allocate(AllocationRequest.of(MIB))).release();
    }

    private static void useRegion(Platform board, Steps steps) {
        MemoryRegion cma = region(board, "protected@66000000");
        steps.take(() -> cma.take(0, AllocationRequest.of(MIB))).release();
    }

    private static void useCarveout(Platform board, Steps steps) {
        MemoryRegion carveout = region(board, "sdp@52000000");
        Memory memory = steps.take(() -> carveout.take(0, AllocationRequest.of(MIB)));
        memory.exportFd().close();
        memory.release();
    }

    private static void lendToTheFirewall(Platform board, Steps steps) {
        MemoryRegion cma = region(board, "protected@66000000");
        var firewall = board.firewall().orElseThrow();
        LentRange lent = steps.take(() -> cma.lend(0, MIB));
        steps.run(() -> firewall.restrict(lent.range(), AccessList.of("gpu", Access.READ_WRITE)));
        steps.take(() -> cma.take(List.of(lent.range()), AllocationRequest.of(MIB)))
                .release();
        steps.run(() -> firewall.unrestrict(lent.range()));
        steps.run(lent::reclaim);
    }

    private static void lendToOptee(Platform board, Steps steps) {
        ProtectedMemoryFirmware optee = board.protectedMemoryFirmware().orElseThrow();
        var config = steps.take(() -> optee.config(TRUSTED_UI)).orElseThrow();
        MemoryRegion pages = optee.lendable().orElseThrow();
        LentRange lent = steps.take(() -> pages.lend(0, config.minimumSize()));
        steps.run(() -> optee.lend(TRUSTED_UI, lent.range(), config.attributes(), 1));
        steps.run(() -> optee.reclaim(1));
        steps.run(lent::reclaim);
    }

    private static void lendToMediaTek(Platform board, Steps steps) {
        MemoryRegion cma = region(board, "restricted-cma@60000000");
        LentRange first = steps.take(() -> cma.lend(0, 2 * MIB));
        LentRange second = steps.take(() -> cma.lend(2 * MIB, 2 * MIB));
        try (var tee = board.tees().getFirst().open();
                var session = tee.openSession(MEDIATEK)) {
            long handle = steps.take(() -> allocate(session, cma.base(), 4 * MIB));
            steps.run(() -> free(session, handle));
        }
        steps.run(second::reclaim);
        steps.run(first::reclaim);
    }

    private static long allocate(TeeSession session, long base, long size) {
        return session.invoke(
                        ZALLOC,
                        TeeParameter.valueIn(size, 4096),
                        TeeParameter.valueIn(LENT, 0),
                        TeeParameter.valueInOut(base, size),
                        TeeParameter.valueOut())
                .value(3)
                .a();
    }

    private static void free(TeeSession session, long handle) {
        long result = session.invoke(FREE, TeeParameter.valueIn(handle, 0), TeeParameter.valueOut())
                .value(1)
                .a();
        if (result != 0) {
            throw HeapException.of(ErrorCode.TEE_FAILED, "the memory is not free: " + result)
                    .build();
        }
    }
}
