package io.dmaheap.core.buffer;

import io.dmaheap.core.life.Tally;

/** What is open that no heap counts. Exact when nothing is in flight. */
public final class Ledger {
    final Tally handles = new Tally();
    final Tally mappings = new Tally();
    final Tally accesses = new Tally();
    final Tally attachments = new Tally();
    final Tally descriptors = new Tally();
    final Tally importedBuffers = new Tally();
    /** Sizes in two parts, so that no number of buffers makes a sum overflow: a size is what another process says. */
    final Tally importedPages = new Tally();

    final Tally importedRests = new Tally();
    private final Tally fences = new Tally();
    private final Tally sockets = new Tally();
    private final Tally choices = new Tally();

    /** Open {@link io.dmaheap.DmaBuf} handles. */
    public long handles() {
        return handles.sum();
    }

    /** Buffers mapped into this process. */
    public long mappings() {
        return mappings.sum();
    }

    /** Open {@link io.dmaheap.CpuAccess} scopes. */
    public long accesses() {
        return accesses.sum();
    }

    /** Buffers attached to devices. */
    public long attachments() {
        return attachments.sum();
    }

    /** Open {@link io.dmaheap.DmaBufFd}s. */
    public long descriptors() {
        return descriptors.sum();
    }

    /** Open {@link io.dmaheap.Fence}s. */
    public Tally fences() {
        return fences;
    }

    /** Open sockets and listeners. */
    public Tally sockets() {
        return sockets;
    }

    /** Open {@link io.dmaheap.Choice}s. */
    public Tally choices() {
        return choices;
    }

    /** Live imported buffers. */
    public long importedBuffers() {
        return importedBuffers.sum();
    }

    /** The bytes in live imported buffers, {@link Long#MAX_VALUE} if there are more. */
    public long importedBytes() {
        long pages = importedPages.sum();
        return sum(
                pages > Long.MAX_VALUE >> Imported.PAGE_SHIFT ? Long.MAX_VALUE : pages << Imported.PAGE_SHIFT,
                importedRests.sum());
    }

    /** The sum of two amounts that are not negative, {@link Long#MAX_VALUE} if it is larger. */
    public static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
