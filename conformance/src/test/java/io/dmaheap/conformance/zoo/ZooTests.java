package io.dmaheap.conformance.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sample of the zoo, and that the zoo can fail. {@code ./build zoo} meets all kinds. */
class ZooTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap");
    private static final int SAMPLE = 30;

    @TempDir
    Path work;

    private Map<Kind, List<String>> meet(List<Kind> kinds, Duration patience) throws IOException {
        var complaints = new LinkedHashMap<Kind, List<String>>();
        new Zoo(INSTALLED, work, patience).meetAll(kinds, complaints::put);
        return complaints;
    }

    @Test
    void thereAreManyKinds() {
        assertThat(Catalogue.kinds()).hasSizeGreaterThan(120);
    }

    @TestFactory
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    Stream<DynamicTest> aSampleIsAsExpected() throws IOException {
        long seed = Long.getLong("dmaheap.seed", System.nanoTime());
        System.out.println("the sample of the zoo is drawn with -Ddmaheap.seed=" + seed);
        return meet(Zoo.sample(seed, SAMPLE), Zoo.PATIENCE).entrySet().stream()
                .map(met -> DynamicTest.dynamicTest(
                        met.getKey().name(),
                        () -> assertThat(met.getValue()).as("seed " + seed).isEmpty()));
    }

    @Test
    void aWrongExpectationIsReported() throws IOException {
        var sound = new Kind("sound", new Specimen("sound"), Expected.harmless());
        var notReported = new Kind(
                "not-reported", new Specimen("not-reported"), Expected.reported(Problem.Kind.PLUGIN_THREW, "zoo"));
        var notRefused =
                new Kind("not-refused", new Specimen("not-refused"), Expected.refused("PLUGIN_FAILED", "allocate"));
        var unexpected =
                new Kind("unexpected", new Specimen("unexpected").in("start", "Bad.throwing();"), Expected.harmless());

        var complaints = meet(List.of(sound, notReported, notRefused, unexpected), Zoo.PATIENCE);

        assertThat(complaints.get(sound)).isEmpty();
        assertThat(complaints.get(notReported))
                .singleElement()
                .asString()
                .contains("one problem, PLUGIN_THREW, were []");
        assertThat(complaints.get(notRefused)).containsExactly("not refused: allocate");
        assertThat(complaints.get(unexpected))
                .anySatisfy(complaint -> assertThat(complaint).contains("expected no problem", "PLUGIN_THREW"))
                .contains("offered: expected true, was false");
    }

    /** A plugin that keeps the whole JVM from ending: it hangs in a hook while it exits. */
    @Test
    void aJvmThatHangsIsKilledAndReported() throws IOException {
        var hanging = new Kind(
                "hanging",
                new Specimen("hanging")
                        .in(
                                "start",
                                "Runtime.getRuntime().addShutdownHook(new Thread(Bad::blocking)); System.exit(0);"),
                Expected.ended(0));

        assertThat(meet(List.of(hanging), Duration.ofSeconds(15)).get(hanging))
                .singleElement()
                .asString()
                .startsWith("its JVM did not end and was killed");
    }

    @Test
    void theWorkOfTheShippedPluginsIsLookedAt() throws IOException {
        var seen = new Sighting(0, List.of("offered\ttrue\t", "shipped\theaps-system\tsystem\tno memory"), "");

        assertThat(Expected.harmless().complaints(seen, Duration.ofSeconds(1)))
                .anySatisfy(complaint -> assertThat(complaint).contains("a shipped heap does not work", "no memory"))
                .anySatisfy(complaint -> assertThat(complaint).contains("of the shipped plugins only these"))
                .anySatisfy(complaint -> assertThat(complaint).contains("the counts are missing"));
    }
}
