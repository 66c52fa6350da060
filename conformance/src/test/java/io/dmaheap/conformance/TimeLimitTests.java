package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The time limit that the project's POM gives to every test ends a test that hangs, and shows where it hung. */
class TimeLimitTests {
    private static final String LIMIT = "junit.jupiter.execution.timeout.default";
    private static final String DUMP = "junit.jupiter.execution.timeout.threaddump.enabled";

    private Map<String, String> parameters = Map.of();

    /** What the build said to JUnit for this run. */
    @RegisterExtension
    final BeforeEachCallback reader = context -> parameters = Stream.of(LIMIT, DUMP)
            .collect(Collectors.toMap(
                    name -> name,
                    name -> context.getConfigurationParameter(name).orElse("not set")));

    @Test
    void everyTestHasALimit() {
        assertThat(parameters).containsEntry(LIMIT, "3 m").containsEntry(DUMP, "true");
    }

    @Test
    void aTestThatHangsFailsAndTheStacksOfAllThreadsArePrinted() {
        var printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(printed, true));
        try {
            EngineTestKit.engine("junit-jupiter")
                    .selectors(selectMethod(Hanging.class, "waitsForWhatNeverComes"))
                    .configurationParameters(parameters)
                    .configurationParameter(LIMIT, "1 s")
                    .execute()
                    .testEvents()
                    .assertThatEvents()
                    .haveExactly(1, finishedWithFailure(instanceOf(TimeoutException.class)));
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString())
                .containsSubsequence("Thread \"" + Thread.currentThread().getName() + "\"", "will be interrupted")
                .contains("waitsForWhatNeverComes", "Reference Handler");
    }
}

/** Run by {@link TimeLimitTests} alone: the build takes classes whose names end with Tests. */
class Hanging {
    @Test
    void waitsForWhatNeverComes() throws InterruptedException {
        assertThat(new CountDownLatch(1).await(1, TimeUnit.HOURS)).isTrue();
    }
}
