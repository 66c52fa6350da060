package io.dmaheap.core.sharing;

import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
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

    private SharingListener(Path path, FdListener listener, IntFunction<DmaBuf> importer, PlatformUse platformUse) {
        this.path = path;
        this.listener = listener;
        this.importer = importer;
        this.platformUse = platformUse;
    }

    /**
     * Opens a listener.
     *
     * @param listen binds the path
     * @param importer takes in what arrives
     * @param platformUse held until the listener is closed
     */
    public static SharingListener open(
            Path path, Supplier<FdListener> listen, IntFunction<DmaBuf> importer, PlatformUse platformUse) {
        return new SharingListener(path, platformUse.retainFor(listen), importer, platformUse);
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
        return SharingSocket.open(() -> next(timeout), importer, platformUse);
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
            try {
                listener.close();
            } finally {
                platformUse.release();
            }
        }
    }
}
