package io.dmaheap.core.sharing;

import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.life.LeakDetector;
import java.util.function.Consumer;
import java.util.function.Function;

/** What an open socket or listener holds: that of the platform, and the platform itself. */
final class Connection extends LeakDetector.Held {
    private final String what;
    private final Runnable close;
    private final PlatformUse platformUse;
    private final Watch watch;
    private boolean open = true;
    private boolean counted;

    /** Owns what the platform opened, and a use of the platform. */
    Connection(String what, Runnable close, PlatformUse platformUse, Watch watch) {
        super(watch.leaks(), watch.leaks().sampled());
        this.what = what;
        this.close = close;
        this.platformUse = platformUse;
        this.watch = watch;
    }

    /** Counts as open from now on. */
    void count() {
        watch.open().increment();
        counted = true;
    }

    /** The caller's object around what the platform opened, which is closed if there can be none. */
    static <P, T> T opened(P opened, Consumer<P> close, PlatformUse platformUse, Function<P, T> around) {
        try {
            return around.apply(opened);
        } catch (RuntimeException | Error e) {
            try {
                close.accept(opened);
            } finally {
                platformUse.release();
            }
            throw e;
        }
    }

    @Override
    protected String what() {
        return what;
    }

    @Override
    protected long bytes() {
        return 0;
    }

    @Override
    protected String lane() {
        return "";
    }

    @Override
    protected void release() {
        if (counted) {
            watch.open().decrement();
            counted = false;
        }
        if (open) {
            open = false;
            try {
                close.run();
            } finally {
                platformUse.release();
            }
        }
    }
}
