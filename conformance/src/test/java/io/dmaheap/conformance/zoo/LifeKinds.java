package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.PLUGIN_OVERDUE;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong in the calls of a plugin's life. */
final class LifeKinds {
    private LifeKinds() {}

    static List<Kind> kinds() {
        var kinds = new ArrayList<Kind>();
        for (Misdeed misdeed : Misdeed.values()) {
            if (misdeed != Misdeed.ANSWERS_NULL) {
                kinds.add(kind("start", misdeed, ofStart(misdeed)));
            }
        }
        for (String callback : List.of("init", "constructor", "look", "started")) {
            for (Misdeed misdeed : List.of(
                    Misdeed.THROWS,
                    Misdeed.THROWS_ERROR,
                    Misdeed.THROWS_MUTE,
                    Misdeed.EATS_MEMORY,
                    Misdeed.BLOCKS,
                    Misdeed.SPINS)) {
                kinds.add(kind(callback, misdeed, ofStart(misdeed)));
            }
        }
        List<Misdeed> ends = List.of(
                Misdeed.THROWS,
                Misdeed.THROWS_ERROR,
                Misdeed.THROWS_MUTE,
                Misdeed.RECURSES,
                Misdeed.EATS_MEMORY,
                Misdeed.BLOCKS,
                Misdeed.WAITS,
                Misdeed.SPINS,
                Misdeed.INTERRUPTS);
        for (Misdeed misdeed : ends) {
            kinds.add(kind("stop", misdeed, ofEnd("stop", "when it was stopped", misdeed)));
            kinds.add(kind("close", misdeed, ofEnd("close", "failed in close", misdeed)));
            if (misdeed != Misdeed.EATS_MEMORY) { // which may take longer than a status
                kinds.add(kind("status", misdeed, ofEnd("status", "failed in status", misdeed)));
            }
        }
        kinds.add(kind("status", Misdeed.ANSWERS_NULL, ofEnd("status", "failed in status", Misdeed.ANSWERS_NULL)));
        return kinds;
    }

    private static Kind kind(String callback, Misdeed misdeed, Expected expected) {
        String name = callback + "-" + misdeed.word();
        return new Kind(name, new Specimen(name).in(callback, misdeed.statements), expected);
    }

    private static Expected ofStart(Misdeed misdeed) {
        return switch (misdeed) {
            case EXITS, HALTS -> Expected.ended(3);
            case INTERRUPTS -> Expected.harmless();
            case BLOCKS, SPINS ->
                Expected.failed(PLUGIN_OVERDUE, "did not return from start").everOverdue();
            case WAITS -> Expected.failed(PLUGIN_OVERDUE, "did not return from start");
            default -> Expected.failed(PLUGIN_THREW, misdeed.says);
        };
    }

    private static Expected ofEnd(String callback, String says, Misdeed misdeed) {
        return switch (misdeed) {
            case INTERRUPTS -> Expected.harmless();
            case BLOCKS, SPINS ->
                Expected.reported(PLUGIN_OVERDUE, "did not return from " + callback)
                        .everOverdue();
            case WAITS -> {
                Expected late = Expected.reported(PLUGIN_OVERDUE, "did not return from " + callback);
                // It returns when it is interrupted; after its close or stop the plugin is gone.
                yield callback.equals("status") ? late : late.thatPasses();
            }
            default -> Expected.reported(PLUGIN_THREW, says);
        };
    }
}
