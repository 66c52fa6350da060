package io.dmaheap.bench.tee;

import io.dmaheap.Heaps;
import io.dmaheap.bench.Baseline;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeSession;
import java.util.UUID;

/**
 * A call of a trusted application through the whole public API against a C program that makes the same ioctl.
 *
 * <p>Usage: {@code bench/vm tee}: it needs a real OP-TEE. Arguments: the C program.
 */
public final class Main {
    private static final int OPERATIONS = 2000;
    /** Enough for the second compiler to have seen everything. */
    private static final int WARM_UP = 60_000;

    private static final int SIZE = 4096;
    private static final int SUM = 1;
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private Main() {}

    /** Prints a line. */
    public static void main(String[] args) {
        var c = new Baseline(args[0]);
        try (var heaps = Heaps.open();
                var tee = heaps.openTee("tee0");
                var session = tee.openSession(VIDEO);
                var shared = tee.allocate(SIZE)) {
            Baseline.printHeader();
            invoke(session, shared, WARM_UP);
            c.compare(
                    "TEE_IOC_INVOKE",
                    () -> invoke(session, shared, OPERATIONS),
                    "/dev/tee0",
                    Integer.toString(OPERATIONS));
        }
    }

    private static long invoke(TeeSession session, TeeMemory shared, int times) {
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
            var numbers =
                    session.invoke(SUM, shared.in(), TeeParameter.valueOut()).value(1);
            if (numbers.b() != SIZE) {
                throw new AssertionError("the application read " + numbers.b() + " bytes");
            }
        }
        return (System.nanoTime() - from) / times;
    }
}
