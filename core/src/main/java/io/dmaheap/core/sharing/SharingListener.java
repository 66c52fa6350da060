package io.dmaheap.core.sharing;

import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.FdListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/** A platform's listening socket. */
public final class SharingListener implements BufferListener {
    private final Path path;
    private final FdListener listener;
    private final IntFunction<DmaBuf> importer;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Owns the listener from now on. */
    public SharingListener(Path path, FdListener listener, IntFunction<DmaBuf> importer) {
        this.path = path;
        this.listener = listener;
        this.importer = importer;
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
        return listener.accept(timeout)
                .map(socket -> new SharingSocket(socket, importer))
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
            listener.close();
        }
    }
}
