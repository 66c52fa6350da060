package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.PLUGIN_OVERDUE;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;
import static io.dmaheap.Problem.Kind.QUARANTINED;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong in the five operations of a restricted heap. */
final class RestrictedKinds {
    private static final String BROKEN = "PLUGIN_FAILED";
    private static final String[] ALLOCATIONS = {"flags", "allocate", "again"};

    private RestrictedKinds() {}

    static List<Kind> kinds() {
        var kinds = new ArrayList<Kind>();
        List<Misdeed> failures = List.of(
                Misdeed.THROWS, Misdeed.THROWS_ERROR, Misdeed.THROWS_MUTE, Misdeed.RECURSES, Misdeed.THROWS_CHECKED);
        for (Misdeed misdeed : failures) {
            for (String callback : List.of("init()", "alloc", "restrict")) {
                kinds.add(kind(callback, misdeed, Expected.refused(BROKEN, ALLOCATIONS)));
            }
            kinds.add(kind(
                    "unrestrict",
                    misdeed,
                    used(Expected.reported(QUARANTINED, "")).withholding()));
            kinds.add(kind("free", misdeed, used(Expected.reported(PLUGIN_THREW, "failed in release"))));
        }
        for (String callback : List.of("init()", "alloc", "restrict")) {
            kinds.add(kind(callback, Misdeed.REFUSES, Expected.refused("DEVICE_GONE", ALLOCATIONS)));
        }
        kinds.add(kind(
                "unrestrict",
                Misdeed.REFUSES,
                used(Expected.reported(QUARANTINED, "")).withholding()));
        kinds.add(kind("alloc", Misdeed.ANSWERS_NULL, Expected.refused(BROKEN, ALLOCATIONS)));
        for (Misdeed misdeed : List.of(Misdeed.BLOCKS, Misdeed.SPINS)) {
            kinds.add(kind(
                    "init()",
                    misdeed,
                    Expected.reported(PLUGIN_OVERDUE, "did not return from init")
                            .refusing(BROKEN, ALLOCATIONS)
                            .everOverdue()));
        }
        // The interrupt ends its wait, so that it has succeeded by the second allocation, though too late for the
        // first.
        kinds.add(kind(
                "init()",
                Misdeed.WAITS,
                used(Expected.reported(PLUGIN_OVERDUE, "did not return from init"))
                        .refusing(BROKEN, "flags")));
        return kinds;
    }

    private static Expected used(Expected expected) {
        return expected.refusing("NOT_CPU_ACCESSIBLE", "write", "read");
    }

    private static Kind kind(String callback, Misdeed misdeed, Expected expected) {
        String name = "restricted-" + callback.replace("()", "") + "-" + misdeed.word();
        return new Kind(
                name,
                new Specimen(name).in("register", "Secret.register();").in(callback, misdeed.statements),
                expected);
    }
}
