package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.secure.TrustedApplication;
import java.util.function.Supplier;

/** An application as it runs, until it panics. */
final class LoadedApplication {
    private final Supplier<TrustedApplication> maker;
    private final TrustedApplication code;
    private volatile boolean panicked;

    LoadedApplication(Supplier<TrustedApplication> maker) {
        this.maker = maker;
        this.code = maker.get();
    }

    TrustedApplication code() {
        return code;
    }

    /** It threw something: where all sessions share one instance, none of them is answered any more. */
    void panic() {
        panicked = code.isSingleInstance();
    }

    boolean hasPanicked() {
        return panicked;
    }

    /** What the next session is with: this, or one that remembers nothing. */
    LoadedApplication forNextSession() {
        return panicked ? new LoadedApplication(maker) : this;
    }
}
