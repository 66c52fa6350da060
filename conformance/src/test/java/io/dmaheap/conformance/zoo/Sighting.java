package io.dmaheap.conformance.zoo;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of one encounter.
 *
 * @param status the exit status of its JVM; -1 if it was killed because its time was over
 * @param report the lines that it wrote
 * @param printed what the JVM printed
 */
record Sighting(int status, List<String> report, String printed) {
    /** The status of a JVM that was killed. */
    static final int KILLED = -1;

    Sighting {
        report = List.copyOf(report);
    }

    /** The words of all lines about a fact. */
    Stream<List<String>> facts(String fact) {
        return report.stream()
                .map(line -> List.of(line.split("\t", -1)))
                .filter(words -> words.getFirst().equals(fact));
    }
}
