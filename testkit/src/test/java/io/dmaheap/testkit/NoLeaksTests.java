package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

@Isolated("counts the file descriptors of the process")
class NoLeaksTests {

    @Test
    void aTestThatClosesEverythingPasses() {
        run(Tidy.class).assertThatEvents().haveExactly(1, event(finishedSuccessfully()));
    }

    @Test
    void aTestThatLeavesADescriptorFailsAndIsToldWhich() throws IOException {
        var events = run(LeavesPipe.class);
        LeavesPipe.pipe.sink().close();
        LeavesPipe.pipe.source().close();
        events.assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                instanceOf(AssertionError.class),
                                message(text -> text.contains("left behind") && text.contains("fd of pipe:")))));
    }

    @Test
    void aTestThatLeavesABufferOpenFails() {
        run(LeavesBuffer.class)
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("buffers=1")))));
    }

    @Test
    void aTestInWhichAReleaseFailedFails() {
        run(FailsInRelease.class)
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("failed in release")))));
    }

    private static Events run(Class<?> testClass) {
        // The first run loads what JUnit needs, and with it whatever descriptors the JVM keeps.
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(Tidy.class)).execute();
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .testEvents();
    }

    @ExtendWith(NoLeaks.class)
    static class Tidy {
        @Test
        void test() throws IOException {
            var pipe = Pipe.open();
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @ExtendWith(NoLeaks.class)
    static class LeavesPipe {
        static Pipe pipe;

        @Test
        void test() throws IOException {
            pipe = Pipe.open();
        }
    }

    static class LeavesBuffer {
        final AtomicReference<Usage> usage = new AtomicReference<>(Usage.NONE);

        @RegisterExtension
        final NoLeaks leaks = new NoLeaks(heapsWith(usage, List.of()));

        @Test
        void test() {
            assertThat(usage.getAndSet(new Usage(0, 1, 1, 4096, 0, 0, 0, 0))).isEqualTo(Usage.NONE);
        }
    }

    static class FailsInRelease {
        final List<Problem> problems = new ArrayList<>();

        @RegisterExtension
        final NoLeaks leaks = new NoLeaks(heapsWith(new AtomicReference<>(Usage.NONE), problems));

        @Test
        void test() {
            problems.add(Problem.of(
                    Problem.Kind.PLUGIN_THREW, "frames", "the plugin vendor failed in release", "Tell them", null));
        }
    }

    /** Heaps that can only say what they hold and what went wrong. */
    private static Heaps heapsWith(AtomicReference<Usage> usage, List<Problem> problems) {
        return (Heaps) Proxy.newProxyInstance(
                NoLeaksTests.class.getClassLoader(),
                new Class<?>[] {Heaps.class},
                (proxy, method, arguments) ->
                        method.getName().equals("problems") ? List.copyOf(problems) : usage.get());
    }
}
