package io.dmaheap.emulator.tee;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.bus.BusMapping;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter.Direction;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Memory that applications can be passed: of this process, or protected memory of the board. */
final class SharedMemory implements TeeMemory {
    /** The secure world's name on the bus. */
    static final String MASTER = "tee";

    private final EmulatedConnection owner;
    private final long size;
    private final @Nullable MemorySegment segment;
    private final @Nullable BusMemory behind;
    private final Lifetime lifetime;

    private SharedMemory(
            EmulatedConnection owner,
            long size,
            @Nullable MemorySegment segment,
            @Nullable BusMemory behind,
            Runnable end) {
        this.owner = owner;
        this.size = size;
        this.segment = segment;
        this.behind = behind;
        this.lifetime = new Lifetime(end);
    }

    static SharedMemory of(EmulatedConnection owner, MemorySegment segment, Runnable end) {
        return new SharedMemory(owner, segment.byteSize(), segment, null, end);
    }

    static SharedMemory of(EmulatedConnection owner, BusMemory behind) {
        return new SharedMemory(owner, behind.size(), null, behind, () -> {});
    }

    boolean belongsTo(EmulatedConnection connection) {
        return owner == connection;
    }

    boolean isSecure() {
        return behind != null;
    }

    /** A range of it as an application sees it, for one call, which {@linkplain PassedMemory#revoke revokes} it. */
    PassedMemory view(Direction direction, long offset, long length) {
        lifetime.enter();
        try {
            checkUse(direction);
            return new PassedMemory(bytes(direction, offset, length), direction, length, isSecure(), lifetime::leave);
        } catch (RuntimeException | Error e) {
            lifetime.leave();
            throw e;
        }
    }

    private PassedMemory.Bytes bytes(Direction direction, long offset, long length) {
        if (behind == null) {
            return new PassedMemory.OfTheProcess(plain().asSlice(offset, length));
        }
        Access access = !direction.out() ? Access.READ : direction.in() ? Access.READ_WRITE : Access.WRITE;
        var mapping = new BusMapping(
                MASTER,
                behind.addresses(),
                access,
                owner.tee().firewall(),
                behind.contents().get());
        return new PassedMemory.OnTheBus(mapping, offset);
    }

    /** As the checks of the kernel's platform. */
    private void checkUse(Direction direction) {
        if (segment == null) {
            return;
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment behind this shared memory has ended");
        }
        if (direction.out() && segment.isReadOnly()) {
            throw new IllegalArgumentException(
                    "the segment behind this shared memory is read-only: pass it for the application to read, with in()");
        }
    }

    private MemorySegment plain() {
        if (segment == null) {
            throw HeapException.of(
                            ErrorCode.NOT_CPU_ACCESSIBLE, "a registered buffer is not mapped through its registration")
                    .operation("mmap")
                    .hint("Use DmaBuf.access, which protected buffers refuse")
                    .build();
        }
        return segment;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment segment() {
        lifetime.checkOpen();
        return plain();
    }

    @Override
    public void close() {
        close(() -> {});
    }

    @Override
    public void close(Runnable unused) {
        lifetime.close(unused);
    }

    @Override
    public String toString() {
        return "shared memory of " + size + " bytes";
    }
}
