package io.dmaheap.core.buffer;

import java.util.concurrent.atomic.LongAdder;

/** What is open that no heap counts. Exact when nothing is in flight. */
public final class Ledger {
    final LongAdder handles = new LongAdder();
    final LongAdder mappings = new LongAdder();
    final LongAdder accesses = new LongAdder();
    final LongAdder attachments = new LongAdder();
    final LongAdder importedBuffers = new LongAdder();
    final LongAdder importedBytes = new LongAdder();

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

    /** Live imported buffers. */
    public long importedBuffers() {
        return importedBuffers.sum();
    }

    /** The bytes in live imported buffers. */
    public long importedBytes() {
        return importedBytes.sum();
    }
}
