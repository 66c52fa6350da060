package io.dmaheap.core.tee;

import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.MemoryReference;
import java.util.ArrayList;
import java.util.List;

/** An operation with the platform's memory in place of the caller's, which stays alive until the call is over. */
final class PassedOperation implements AutoCloseable {
    private final List<MemoryHandle> used = new ArrayList<>();
    private final TeeOperation operation;

    private PassedOperation(TeeOperation asked, Counted<TeeConnection> connection) {
        List<TeeParameter> passed = new ArrayList<>();
        try {
            for (TeeParameter parameter : asked.parameters()) {
                passed.add(parameter instanceof MemoryReference reference ? pass(reference, connection) : parameter);
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        this.operation = new TeeOperation(passed, asked.limit(), asked.cancellation());
    }

    static PassedOperation of(TeeOperation asked, Counted<TeeConnection> connection) {
        return new PassedOperation(asked, connection);
    }

    private MemoryReference pass(MemoryReference reference, Counted<TeeConnection> connection) {
        if (!(reference.memory() instanceof MemoryHandle handle) || !handle.belongsTo(connection)) {
            throw new IllegalArgumentException(reference.memory() + " was not shared through this connection");
        }
        var memory = handle.enter();
        used.add(handle);
        return new MemoryReference(reference.direction(), memory, reference.offset(), reference.size());
    }

    TeeOperation operation() {
        return operation;
    }

    @Override
    public void close() {
        used.forEach(MemoryHandle::leave);
    }
}
