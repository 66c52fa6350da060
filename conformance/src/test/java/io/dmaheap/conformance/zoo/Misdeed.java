package io.dmaheap.conformance.zoo;

import java.util.Locale;

/** What a callback does instead of its work; the statements are those of {@link Template#BAD}. */
enum Misdeed {
    THROWS("Bad.throwing();", "IllegalStateException"),
    THROWS_CHECKED("Bad.checked();", "IOException"),
    THROWS_ERROR("Bad.error();", "AssertionError"),
    FAILS_TO_LINK("Bad.linkage();", "NoClassDefFoundError"),
    REFUSES("Bad.refusing();", "zoo"),
    /** Throws what cannot be asked for its text. */
    THROWS_MUTE("Bad.mute();", "Mute"),
    RECURSES("Bad.recursing();", "StackOverflowError"),
    EATS_MEMORY("Bad.eating();", "OutOfMemoryError"),
    ENDS_ITS_THREAD("Bad.dying();", "ThreadDeath"),
    /** Until the end, whatever interrupts it. */
    BLOCKS("Bad.blocking();", ""),
    /** Until it is interrupted. */
    WAITS("Bad.heeding();", ""),
    SPINS("Bad.spinning();", ""),
    INTERRUPTS("Bad.interrupting();", ""),
    EXITS("Bad.exiting();", ""),
    HALTS("Bad.halting();", ""),
    ANSWERS_NULL("if (Bad.ALWAYS) { return null; }", "returned null");

    final String statements;
    /** What a problem says of it. */
    final String says;

    Misdeed(String statements, String says) {
        this.statements = statements;
        this.says = says;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
