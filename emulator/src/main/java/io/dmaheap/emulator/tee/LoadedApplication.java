package io.dmaheap.emulator.tee;

import io.dmaheap.emulator.secure.TrustedApplication;
import java.util.function.Supplier;

/** An application as it runs, until it panics. */
final class LoadedApplication {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.emulator");

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
    void panic(Throwable cause) {
        LOGGER.log(System.Logger.Level.WARNING, "the trusted application " + code.uuid() + " panicked", cause);
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
