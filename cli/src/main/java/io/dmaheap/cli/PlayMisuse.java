package io.dmaheap.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/** Refuses options that mean nothing for what is played: who types one expects it to do something. */
final class PlayMisuse {
    private static final List<String> OF_WORKLOADS =
            List.of("--record", "--map", "--svg", "--scale", "--disturb", "--realtime", "--seed");

    private static final List<String> NOT_OF_A_LIST = Stream.concat(
                    Stream.of("--heap", "--frames", "--frame"),
                    OF_WORKLOADS.stream().filter(option -> !option.equals("--seed")))
            .toList();

    private final ParseResult given;

    PlayMisuse(ParseResult given) {
        this.given = given;
    }

    void checkList() {
        if (given.hasMatchedPositional(0)) {
            throw new MisuseException("--list only lists: it takes no profile");
        }
        refuse(NOT_OF_A_LIST, option -> "--list only lists: it takes no " + option);
    }

    void checkSecureVideo() {
        refuse(OF_WORKLOADS, option -> option + " is for workloads: secure-video proves and measures nothing");
    }

    void checkWorkload(boolean json) {
        if (given.hasMatchedOption("--frame")) {
            throw new MisuseException("--frame is for secure-video; other workloads have sizes of their own");
        }
        if (json && given.hasMatchedOption("--map")) {
            throw new MisuseException("--map draws on a terminal; with --json, the field memory says the same");
        }
    }

    void checkTrace() {
        if (given.hasMatchedOption("--frames")) {
            throw new MisuseException("--frames is for profiles: a trace is as long as it is");
        }
        if (given.hasMatchedOption("--seed") && !given.hasMatchedOption("--disturb")) {
            throw new MisuseException("--seed changes nothing about a trace without --disturb");
        }
    }

    private interface Complaint {
        String about(String option);
    }

    private void refuse(List<String> options, Complaint complaint) {
        options.stream().filter(given::hasMatchedOption).findFirst().ifPresent(option -> {
            throw new MisuseException(complaint.about(option));
        });
    }
}
