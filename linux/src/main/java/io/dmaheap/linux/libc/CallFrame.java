package io.dmaheap.linux.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A few bytes of native memory for the duration of one call: a slot for errno and room for a small argument struct.
 *
 * <p>Allocating a buffer is one system call, so the memory that its arguments live in must cost next to nothing. A platform
 * thread therefore keeps one frame for life. A virtual thread gets a fresh one: there may be millions of them. A frame is
 * never shared, because the kernel writes into it.
 *
 * <p>At one time a thread may use the struct of one frame only; the errno slot belongs to {@link FfmLibc}.
 */
public final class CallFrame implements AutoCloseable {
    private static final long STRUCT_BYTES = 64;
    private static final ThreadLocal<CallFrame> OF_THREAD =
            ThreadLocal.withInitial(() -> new CallFrame(Arena.ofAuto(), null));

    private final MemorySegment errno;
    private final MemorySegment struct;
    private final @Nullable Arena ended;

    private CallFrame(Arena arena, @Nullable Arena ended) {
        MemorySegment memory = arena.allocate(STRUCT_BYTES + FfmLibc.ERRNO_STATE.byteSize(), Long.BYTES);
        this.struct = memory.asSlice(0, STRUCT_BYTES);
        this.errno = memory.asSlice(STRUCT_BYTES);
        this.ended = ended;
    }

    /** The frame of the current call. */
    public static CallFrame enter() {
        if (Thread.currentThread().isVirtual()) {
            Arena arena = Arena.ofConfined();
            try {
                return new CallFrame(arena, arena);
            } catch (Throwable e) {
                arena.close();
                throw e;
            }
        }
        return OF_THREAD.get();
    }

    /** Room for an argument struct of up to 64 bytes, aligned to 8. Holds what the last user left. */
    public MemorySegment struct() {
        return struct;
    }

    MemorySegment errno() {
        return errno;
    }

    @Override
    public void close() {
        if (ended != null) {
            ended.close();
        }
    }
}
