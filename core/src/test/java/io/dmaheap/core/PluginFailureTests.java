package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.Problem;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.fake.Hang;
import io.dmaheap.core.fake.Hang.Manner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failure of a plugin stays its own: other plugins work, nothing is lost, and a problem reports it. */
@Timeout(60)
class PluginFailureTests {
    private final FakePlatform platform = new FakePlatform();
    private final FakeHeap bad = new FakeHeap(platform);
    private final Heaps heaps = TestHeaps.open(
            platform,
            FakeProvider.of("bad", Traits.SYSTEM, bad),
            FakeProvider.of("sound", Traits.SYSTEM, new FakeHeap(new FakePlatform())));

    @AfterEach
    void nothingIsLeft() {
        heaps.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        platform.assertNothingHeld();
    }

    @Test
    void anErrorOfAStatusIsThePluginsAlone() {
        platform.faults.fail("status", new OutOfMemoryError("of the test"));

        assertThat(heaps.heaps())
                .hasSize(2)
                .allSatisfy(heap -> assertThat(heap.openable()).isEqualTo(Openable.YES));
        try (var choice = heaps.choose(Need.any())) {
            assertThat(choice.trace()).hasSize(2);
        }

        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.subject()).isEqualTo("bad");
            assertThat(problem.message()).contains("status", "of the test");
        });
        assertThat(heaps.usage().heapHandles()).isZero();
    }

    @Test
    void aHeapIsNotClosedWhileItIsAskedForItsStatus() throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        var hang = new Hang(Manner.DEAF);
        platform.faults.run("status", () -> {
            hang.here();
            events.add("status");
        });
        platform.faults.run("close", () -> events.add("close"));
        var asking = CompletableFuture.runAsync(heaps::heaps);
        hang.awaitInside();
        var closing = CompletableFuture.runAsync(heaps::close);
        hang.goOn();
        asking.get(30, TimeUnit.SECONDS);
        closing.get(30, TimeUnit.SECONDS);

        await().untilAsserted(() -> assertThat(events).containsExactly("status", "close"));
    }

    @Test
    void theSameFailureIsReportedOnceAndDifferentOnesAreBounded() {
        var number = new AtomicInteger();
        var buffers = new ArrayList<DmaBuf>();
        try (Heap heap = heaps.find("bad").orElseThrow()) {
            for (int i = 0; i < 120; i++) {
                buffers.add(heap.allocate(4096));
            }
        }
        platform.faults.fail("release", new IllegalStateException("of the test"));
        buffers.subList(0, 10).forEach(DmaBuf::close);
        assertThat(heaps.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("release", "of the test"));

        platform.faults.run("release", () -> {
            throw new IllegalStateException("number " + number.incrementAndGet());
        });
        buffers.subList(10, 120).forEach(DmaBuf::close);
        assertThat(heaps.problems()).hasSizeBetween(20, 50);
    }

    /** What it says of itself is code of the plugin as well. */
    private static final class Evil extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new AssertionError("of the test");
        }

        @Override
        public String getMessage() {
            throw new AssertionError("of the test");
        }
    }

    @Test
    void anExceptionThatCannotBePrintedIsTranslatedAllTheSame() {
        platform.faults.fail("allocate", new Evil());
        try (Heap heap = heaps.find("bad").orElseThrow()) {
            var thrown = catchThrowableOfType(HeapException.class, () -> heap.allocate(4096));

            assertThat(thrown.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
            var text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            assertThat(text.toString()).contains("Evil");
        }
    }

    @Test
    void aPluginThatChangesTheThreadOfItsCallerChangesNothing() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        int priority = thread.getPriority();
        ClassLoader loader = thread.getContextClassLoader();
        bad.maker = request -> {
            thread.setName("of the plugin");
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.setContextClassLoader(null);
            Thread.interrupted();
            return platform.memory(request.size());
        };
        try (Heap heap = heaps.find("bad").orElseThrow()) {
            thread.interrupt();
            DmaBuf buffer = heap.allocate(4096);
            assertThat(Thread.interrupted()).isTrue();
            buffer.close();
        }

        assertThat(thread.getName()).isEqualTo(name);
        assertThat(thread.getPriority()).isEqualTo(priority);
        assertThat(thread.getContextClassLoader()).isSameAs(loader);
    }
}
