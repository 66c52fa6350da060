package io.dmaheap.core;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Allocates in a JVM whose heap or stack is used up, and then says what is left: nothing. Run by {@link ShortOfMemoryTests}. */
final class ShortOfMemory {
    private static final FakePlatform PLATFORM = new FakePlatform();
    private static final AtomicInteger STOPPED = new AtomicInteger();
    private static int overflows;

    private ShortOfMemory() {}

    public static void main(String[] args) throws InterruptedException {
        var ops = new FakeHeap(PLATFORM);
        Heaps heaps = TestHeaps.open(
                PLATFORM,
                TestHeaps.policy("limit.small.client = 1G"),
                LeakDetection.SAMPLED,
                new FakeProvider(
                        "vendor",
                        context -> context.register(new HeapSpec("small", Traits.CMA), ops),
                        STOPPED::incrementAndGet));
        PLATFORM.faults.forget();
        Heap heap = heaps.find("small").orElseThrow();
        for (int i = 0; i < 1000; i++) {
            heap.allocate(4096).close();
        }
        switch (args[0]) {
            case "heap" -> fillTheHeap(heap);
            case "stack" -> fillTheStack(heap);
            default -> throw new IllegalArgumentException(args[0]);
        }
        for (int i = 0; i < 100 && !heaps.usage().equals(new Usage(1, 0, 0, 0, 0, 0, 0, 0)); i++) {
            System.gc();
            new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
        }
        System.out.println("left " + heaps.usage() + " memories " + PLATFORM.memories + " errors " + overflows);
        heap.close();
        heaps.close();
        System.out.println("stopped " + STOPPED + " platform closed " + PLATFORM.closed);
        PLATFORM.assertNothingHeld();
    }

    private static void fillTheHeap(Heap heap) {
        List<Object> ballast = new ArrayList<>(1 << 16);
        for (int round = 0; round < 20; round++) {
            List<DmaBuf> buffers = new ArrayList<>(1 << 16);
            fill(ballast, 1 << 16);
            fill(ballast, 256);
            try {
                while (buffers.size() < 1 << 16) {
                    buffers.add(heap.allocate(4096));
                }
            } catch (OutOfMemoryError e) {
                overflows++;
            }
            for (int i = 0; i < buffers.size(); i++) {
                try {
                    buffers.get(i).close();
                } catch (OutOfMemoryError e) {
                    overflows++;
                }
            }
            ballast.clear();
        }
    }

    private static void fill(List<Object> ballast, int piece) {
        try {
            while (ballast.size() < 1 << 16) {
                ballast.add(new byte[piece]);
            }
        } catch (OutOfMemoryError e) {
            overflows++;
        }
    }

    private static void fillTheStack(Heap heap) {
        for (int round = 0; round < 35; round++) {
            try {
                descend(heap, round % 7);
            } catch (StackOverflowError e) {
                overflows++;
            }
        }
    }

    /** Every frame has a buffer, which its unwinding closes where the stack has just been used up. */
    private static void descend(Heap heap, int kind) {
        try (DmaBuf buffer = heap.allocate(4096)) {
            descend(heap, kind);
            if (kind > 3) {
                try (DmaBuf second = buffer.retain()) {
                    second.size();
                }
            }
        } catch (StackOverflowError e) {
            overflows++;
            if (kind > 1) {
                heap.allocate(4096).close();
            }
            throw e;
        } catch (HeapException e) {
            // The framework says so of a plugin that overflowed the stack, as this one did for lack of any.
            overflows++;
        }
    }
}
