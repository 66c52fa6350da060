package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Judges the report of a program.
 *
 * @param name which program
 * @param report its lines; see {@link Outcomes#report}
 */
record Verdict(String name, List<String> report) {
    private static final Set<String> NEEDED = Set.of(
            "Heap.allocate",
            "DmaBuf.write",
            "DmaBuf.read",
            "DmaBuf.exportFd",
            "DmaBuf.close",
            "Heaps.importFd",
            "Heaps.connect",
            "BufferSocket.send",
            "BufferSocket.receive",
            "BufferListener.accept");

    Verdict {
        report = List.copyOf(report);
    }

    private Stream<List<String>> facts(String fact) {
        return report.stream()
                .map(line -> List.of(line.split("\t", -1)))
                .filter(words -> words.getFirst().equals(fact));
    }

    /** What must not be. */
    List<String> complaints(DocumentedCodes documented) throws IOException {
        var complaints = new ArrayList<String>();
        facts("escaped").forEach(words -> complaints.add(name + ": escaped: " + words.subList(1, words.size())));
        facts("left").forEach(words -> complaints.add(name + ": more than at the start: " + words.get(1)));
        if (facts("usage").noneMatch(words -> words.get(1).equals("true"))) {
            complaints.add(name + ": counts are not zero: " + facts("usage").toList());
        }
        var succeeded = new TreeSet<String>();
        for (List<String> call : facts("call").toList()) {
            String method = call.get(1);
            String how = call.get(2);
            if (how.equals(Outcomes.DONE)) {
                succeeded.add(method);
            } else if (!how.equals(Outcomes.CLOSED) && !documented.of(method).contains(how)) {
                complaints.add(name + ": " + how + " is not documented for " + method + ", but came " + call.get(3)
                        + " times: " + call.get(4));
            }
        }
        for (String method : NEEDED) {
            if (!succeeded.contains(method)) {
                complaints.add(name + ": no " + method + " succeeded");
            }
        }
        return complaints;
    }

    /** For people: how calls ended, and the problems that there were. */
    List<String> summary() {
        var lines = new ArrayList<String>();
        facts("call").forEach(call -> lines.add("  %-24s %-20s %s".formatted(call.get(1), call.get(2), call.get(3))));
        facts("problem")
                .forEach(words -> lines.add("  problem %s, up to %s at once, such as %.200s"
                        .formatted(words.get(1), words.get(2), words.get(3))));
        facts("standing").forEach(words -> lines.add("  long allocation " + words.get(1)));
        facts("longest")
                .forEach(words -> lines.add("  longest allocation %-24s %s us".formatted(words.get(1), words.get(2))));
        return lines;
    }
}
