package io.dmaheap.conformance;

import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.secure.SecureWorld.Interposer;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import java.util.UUID;

/** What may be wrong with a secure data path, and the test of the contract that notices it. */
enum SecureWorldFlaw implements Interposer {
    /** Nothing. */
    NONE(-1, ""),
    /** The buffer stays empty. */
    FILLS_NOTHING(0, "twoInsideWorkOnOneBuffer"),
    /** Contents do not arrive in the other buffer, nor outside. */
    COPIES_NOTHING(2, "contentsGoFromOneBufferToAnotherInside"),
    /** Protected memory looks like normal memory to the application. */
    CANNOT_TELL_WORLDS(3, "theApplicationKnowsProtectedMemoryFromNormal"),
    /** Protected contents may be put anywhere. */
    INJECTS_ANYWHERE(4, "normalMemoryIsNoTargetForProtectedContents"),
    /** The picture stays as it was. */
    TRANSFORMS_NOTHING(5, "whatIsInjectedIsTransformedAndDumpedAtAnyOffset"),
    /** The digest is that of something else. */
    DIGESTS_NOTHING(6, "theDigestThatIsTakenInsideIsTheOneOfTheContents"),
    /** The other application never sees the buffer. */
    PASSES_NOTHING_ON(8, "oneInsidePassesTheBufferOnToAnother");

    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private final int command;
    private final String noticedBy;

    SecureWorldFlaw(int command, String noticedBy) {
        this.command = command;
        this.noticedBy = noticedBy;
    }

    String noticedBy() {
        return noticedBy;
    }

    /** A board whose application has the flaw. */
    Emulator board() {
        var board = Emulator.standard();
        board.secureWorld().interpose(VIDEO, this);
        return board;
    }

    /** Says that it was done, and does nothing. */
    @Override
    public TeeResult invoke(int asked, TaParameters parameters, TrustedApplication.Session behind) {
        return asked == command ? TeeResult.SUCCESS : behind.invoke(asked, parameters);
    }
}
