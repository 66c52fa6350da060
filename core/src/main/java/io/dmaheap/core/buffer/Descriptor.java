package io.dmaheap.core.buffer;

import io.dmaheap.DmaBufFd;
import io.dmaheap.core.life.LeakDetector;
import org.jspecify.annotations.Nullable;

/**
 * What an open {@link DmaBufFd} holds: the descriptor and, since the descriptor keeps the memory, a reference to its buffer.
 *
 * <p>A lost one stays open. Its number may be all that the caller kept, so closing it could close another file under the same number
 * later on. It is reported, and goes on to count.
 */
final class Descriptor extends LeakDetector.Held {
    private final String what;
    private final @Nullable Buffer buffer;
    private final Ledger ledger;
    private boolean counted;
    private boolean owns;
    private @Nullable DmaBufFd raw;
    private boolean last;

    private Descriptor(String what, @Nullable Buffer buffer, Buffers buffers) {
        super(buffers.leaks(), buffers.leaks().sampled());
        this.what = what;
        this.buffer = buffer;
        this.ledger = buffers.ledger();
        this.owns = buffer != null;
    }

    /** Of a buffer, with the caller's reference to it. */
    static Descriptor of(Buffer buffer, Buffers buffers) {
        try {
            return new Descriptor("file descriptor of a " + buffer.what(), buffer, buffers);
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    /** Of a fence. */
    static Descriptor ofFence(Buffers buffers) {
        return new Descriptor("file descriptor of a fence", null, buffers);
    }

    /** Takes over what the platform opened. */
    DmaBufFd open(DmaBufFd opened) {
        raw = opened;
        ledger.descriptors.increment();
        counted = true;
        var handle = new DmaBufFd(opened.number(), _ -> end(), this::give);
        watch(handle);
        return handle;
    }

    /** The caller closes the number itself from now on. */
    private void give() {
        DmaBufFd opened = raw;
        raw = null;
        if (opened != null) {
            opened.release();
        }
        end();
    }

    @Override
    protected String what() {
        return what;
    }

    @Override
    protected long bytes() {
        return buffer == null ? 0 : buffer.size;
    }

    @Override
    protected String lane() {
        return buffer == null ? "" : buffer.source.eventName();
    }

    @Override
    protected String outcome() {
        return "the descriptor stays open, since its number may be in use, and " + (buffer == null ? "" : "its memory ")
                + "goes on to count";
    }

    @Override
    protected void release() {
        if (isLost()) {
            return;
        }
        DmaBufFd opened = raw;
        if (opened != null) {
            opened.close();
            raw = null;
        }
        if (counted) {
            ledger.descriptors.decrement();
            counted = false;
        }
        if (owns && buffer != null) {
            last = buffer.drop();
            owns = false;
        }
        if (last && buffer != null) {
            buffer.begin();
            last = false;
        }
    }
}
