package io.dmaheap.cli.play;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.HeapException;

/** Does to a buffer what its users do, with a stopwatch and an eye on the contents. Not safe for use by several threads. */
public final class Workbench {
    private final Timings timings = new Timings();
    private Inspection inspection = Inspection.NONE;
    private long stamps;
    private long touched;

    /**
     * Does everything once with a buffer of one page, so that the loading of classes and the linking of native calls, a thousand times
     * what follows, are not taken for the heap's doing. A failure here is left to the measured call, which will meet it too.
     */
    public static void warmUp(Source source) {
        var bench = new Workbench();
        try {
            DmaBuf buffer = bench.allocate(source, AllocationRequest.of(1));
            try {
                bench.recycle(buffer);
            } finally {
                bench.close(buffer);
            }
        } catch (HeapException e) {
            return;
        }
    }

    /** Allocates a buffer and looks at all of it. */
    public DmaBuf allocate(Source source, AllocationRequest request) {
        long start = System.nanoTime();
        DmaBuf buffer = source.allocate(request);
        timings.add(Operation.ALLOCATE, System.nanoTime() - start);
        try {
            if (mayTouch(buffer)) {
                inspect(buffer);
                sync(buffer);
            }
            return buffer;
        } catch (RuntimeException e) {
            buffer.close();
            throw e;
        }
    }

    private boolean mayTouch(DmaBuf buffer) {
        boolean may = buffer.traits().cpuAccessible() != Answer.NO;
        if (!may) {
            inspection = inspection.plus(new Inspection(0, 0, 0, 1, 0));
        }
        return may;
    }

    private void inspect(DmaBuf buffer) {
        long start = System.nanoTime();
        try (CpuAccess access = buffer.read()) {
            long mapped = System.nanoTime();
            touched += Contents.touch(access.segment());
            timings.add(Operation.FIRST_TOUCH, System.nanoTime() - mapped);
            timings.add(Operation.MAP, mapped - start);
            long nonZero = Contents.nonZeroBytes(access.segment());
            boolean promised = buffer.traits().zeroed() == Answer.YES;
            inspection = inspection.plus(new Inspection(buffer.size(), nonZero, promised ? nonZero : 0, 0, 0));
        }
    }

    private void sync(DmaBuf buffer) {
        long start = System.nanoTime();
        buffer.read().close();
        timings.add(Operation.SYNC, System.nanoTime() - start);
    }

    /** Takes the buffer once round the pipeline. */
    public void recycle(DmaBuf buffer) {
        if (buffer.traits().cpuAccessible() == Answer.NO) {
            return;
        }
        long stamp = ++stamps << 16;
        long start = System.nanoTime();
        try (CpuAccess producer = buffer.write()) {
            Contents.stamp(producer.segment(), stamp);
        }
        long lost;
        try (CpuAccess consumer = buffer.read()) {
            lost = Contents.unstamped(consumer.segment(), stamp);
        }
        timings.add(Operation.RECYCLE, System.nanoTime() - start);
        inspection = inspection.plus(new Inspection(0, 0, 0, 0, lost));
    }

    /** Gives the buffer back. */
    public void close(DmaBuf buffer) {
        long start = System.nanoTime();
        buffer.close();
        timings.add(Operation.CLOSE, System.nanoTime() - start);
    }

    /** The stopwatch. */
    public Timings timings() {
        return timings;
    }

    /** What the contents were like. */
    public Inspection inspection() {
        return inspection;
    }
}
