package io.dmaheap.core.sharing;

import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A platform's listening socket. */
public final class SharingListener implements BufferListener {
    private final Path path;
    private final FdListener listener;
    private final IntFunction<DmaBuf> importer;
    private final PlatformUse platformUse;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Watch watch;
    private final Connection held;

    private SharingListener(
            Path path, FdListener listener, IntFunction<DmaBuf> importer, PlatformUse platformUse, Watch watch) {
        this.path = path;
        this.listener = listener;
        this.importer = importer;
        this.platformUse = platformUse;
        this.watch = watch;
        this.held = new Connection("listener on " + path, listener::close, platformUse, watch);
        held.watch(this);
        held.count();
    }

    /**
     * Opens a listener.
     *
     * @param listen binds the path
     * @param importer takes in what arrives
     * @param platformUse held until the listener is closed
     * @param watch counts and watches what is open
     */
    public static SharingListener open(
            Path path,
            Supplier<FdListener> listen,
            IntFunction<DmaBuf> importer,
            PlatformUse platformUse,
            Watch watch) {
        return Connection.opened(
                platformUse.retainFor(listen),
                FdListener::close,
                platformUse,
                listener -> new SharingListener(path, listener, importer, platformUse, watch));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public BufferSocket accept(Duration timeout) {
        if (closed.get()) {
            throw new IllegalStateException("this listener is closed");
        }
        try {
            return SharingSocket.open(() -> next(timeout), importer, platformUse, watch);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private FdSocket next(Duration timeout) {
        return listener.accept(timeout)
                .orElseThrow(() -> HeapException.of(
                                ErrorCode.TIMED_OUT,
                                "nobody connected to " + path + " within " + timeout.toMillis() + " ms")
                        .operation("accept")
                        .hint("Start the other process, or give it more time")
                        .build());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            held.end();
            Reference.reachabilityFence(this);
        }
    }
}
